#!/usr/bin/env node
import { runDirection } from '@rowbridge/direction-host';
import { legacyToRevamp } from './direction.js';

await runDirection(legacyToRevamp);
