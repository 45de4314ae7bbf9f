'use strict';

/** Jest knows one time limit for a whole run; each project states its own as `globals.testTimeLimitMs`. */
jest.setTimeout(globalThis.testTimeLimitMs);
