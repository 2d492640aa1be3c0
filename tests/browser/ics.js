// SPDX-License-Identifier: MIT
/*
 * ics.js BUILDDIR - ical.js, which web calendars are made of, reads our calendar files
 * as tests/e2e/test_ics.py has three other programs read them.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ICAL from 'ical.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const runner = path.join(path.resolve(root, process.argv[2] || 'build'), 'tests/book/run');
const place = mkdtempSync(path.join(tmpdir(), 'bookingd-ics-'));
const names = ['uid', 'sequence', 'dtstamp', 'dtstart', 'dtend', 'status', 'transp', 'class', 'summary', 'organizer'];

function equal(got, expected, what) {
  const [g, e] = [JSON.stringify(got), JSON.stringify(expected)];
  if (g !== e) throw new Error(`${what}: got ${g}, expected ${e}`);
}

function check(file) {
  const said = JSON.parse(readFileSync(path.join(place, file.replace('.ics', '.json')), 'utf8'));
  const calendar = new ICAL.Component(ICAL.parse(readFileSync(path.join(place, file), 'utf8')));
  const [event, ...more] = calendar.getAllSubcomponents();
  const value = name => event.getFirstPropertyValue(name);
  equal(more.length, 0, `${file}: components`);
  equal(calendar.getAllProperties().map(p => p.name), ['version', 'prodid', 'calscale', 'method'], file);
  equal(event.getAllProperties().map(p => p.name),
    [...names, ...(said.LOCATION ? ['location'] : []), ...(said.URL ? ['url'] : [])], file);
  for (const name of ['UID', 'SEQUENCE', 'STATUS', 'SUMMARY', 'LOCATION', 'URL'])
    equal(value(name.toLowerCase()), said[name], `${file}: ${name}`);
  for (const name of ['DTSTAMP', 'DTSTART', 'DTEND'])
    equal(value(name.toLowerCase()).toString(), said[name], `${file}: ${name}`);
  equal(event.getFirstProperty('organizer').getParameter('cn'), said.CN, `${file}: CN`);
}

let failed = 1;
try {
  const r = spawnSync(runner, ['--filter', 'ics/samples'], { cwd: root, env: { ...process.env, ICS_SAMPLES: place } });
  equal(r.status, 0, `${runner}: ${r.stderr}`);
  const files = readdirSync(place).filter(f => f.endsWith('.ics'));
  equal(files.length, 200, 'samples');
  files.forEach(check);
  console.log('ok      ical.js reads every calendar file as it was meant');
  failed = 0;
} catch (e) {
  console.log(`FAILED  ical.js reads every calendar file as it was meant\n${e.stack || e}`);
} finally {
  rmSync(place, { recursive: true });
}
console.log(`${1 - failed} passed, ${failed} failed`);
process.exit(failed);
