#!/usr/bin/env node
import { runDirection } from '@rowbridge/direction-host';
import { revampToLegacy } from './direction.js';

await runDirection(revampToLegacy);
