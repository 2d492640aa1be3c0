// SPDX-License-Identifier: MIT
/*
 * run.js BUILDDIR [WORDS] - runs the stories in their order; with WORDS only the
 * tests whose sentence has them. To add a story: a file that calls test(), and a
 * line here.
 */
import { run } from './lib.js';

await import('./booking.js');
await import('./pages.js');
await import('./desk.js');
await import('./foreign.js');
await import('./hostile.js');

process.exit(await run(process.argv[3]) ? 0 : 1);
