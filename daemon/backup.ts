import { resolve } from 'node:path';
import { Type } from 'typebox';
import { backupData } from './log/backup.ts';
import { readOptions, type Sources, UsageError } from './options.ts';
import { asked, progressLine, runTool } from './program.ts';

