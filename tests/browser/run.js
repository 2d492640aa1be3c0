// SPDX-License-Identifier: MIT
/*
 * run.js BUILDDIR [WORDS] - runs the stories in their order; with WORDS only the
 * tests whose sentence has them. To add a story: a file that calls test(), and its
 * name here.
 */
import { run } from './lib.js';

let ready = true;
for (const story of ['booking', 'times', 'pages', 'desk', 'foreign', 'hostile'])
  await import(`./${story}.js`).catch(e => {
    console.log(`FAILED  ${story}.js begins\n${e.stack || e}`);
    ready = false;
  });
process.exit(await run(process.argv[3], ready) ? 0 : 1);
