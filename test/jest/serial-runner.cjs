'use strict';

const { default: TestRunner } = require('jest-runner');

/** Runs test files one after the other: each scenario brings up the whole stack, and two would not fit. */
module.exports = class SerialRunner extends TestRunner {
  constructor(...settings) {
    super(...settings);
    this.isSerial = true;
  }
};
