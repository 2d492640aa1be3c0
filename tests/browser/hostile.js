// SPDX-License-Identifier: MIT
/*
 * hostile.js - a thousand strings in every field that takes text, by form and by
 * JSON, then every page there is of them in Chromium: no script runs, no policy is
 * broken, what the page shows is what was sent. Half of the pages are looked at
 * with the content security policy switched off: the escaping must hold alone.
 */
import { clinic, daemon, equal, formBody, ok, person, phone, signIn, test, visit } from './lib.js';
import { foreign } from './other.js';
import { strings } from './strings.js';

const payload = '"><img src=x onerror=canary(\'clinic\')><b>';
const file = clinic({ name: `Clinic ${payload}` });
file.branches[0].name += payload;
file.services[0].name.en += payload;
for (const x of file.doctors) x.name += payload;
const d = await daemon({ 'limits.rate_limits': 'off' }, file);
const site = await foreign();

const at = i => strings[((i % strings.length) + strings.length) % strings.length];
const plain = ['full_name', 'guardian_name', 'guardian_relation', 'best_time_to_call', 'note'];
const source = ['page', 'referrer_host', 'article', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content'];
const choices = ['email', 'guardian_phone', 'branch', 'service', 'doctor', 'slot', 'language', 'visited_before', 'consent_version'];
const good = { full_name: 'Plain Name', guardian_name: 'Plain Guardian', guardian_phone: '8123 4567', guardian_relation: 'mother' };

/* What the daemon takes away at both ends; and what HTML makes of line ends. */
const trimmed = s => s.replace(/^[\t-\r \u200b\ufeff\p{Zs}]+|[\t-\r \u200b\ufeff\p{Zs}]+$/gu, '');
const inPage = s => s.replace(/\r\n?/g, '\n');
/* A form's text is sent with CR LF between lines. */
const inForm = s => s.replace(/\r\n?|\n/g, '\r\n');

const kept = []; // { reference, manage, sent: what must be shown }
let refusals = 0;

/* One booking with another string in each field; what is refused must say why, and
 * goes without. Odd ones as a form, even ones as JSON. */
async function bookOne(i) {
  const asForm = i % 2 === 1;
  const fields = Object.fromEntries([...plain, ...source, ...choices].map((name, k) => [name, at(i + 37 * k)]));
  const sure = { phone: phone(), age_18_or_over: false };
  for (let round = 0; ; round++) {
    ok(round < 3, `booking ${i} is never accepted: ${JSON.stringify(fields)}`);
    const flat = { ...person(sure), ...fields };
    const nested = { ...person(sure), ...Object.fromEntries(Object.entries(fields).filter(([k]) => !source.includes(k))),
      source: Object.fromEntries(source.filter(k => k in fields).map(k => [k, fields[k]])) };
    const a = asForm
      ? await d.form(formBody(Object.fromEntries(Object.entries(flat).map(([k, v]) => [k, typeof v === 'string' ? inForm(v) : v]))), { Accept: 'application/json' })
      : await d.json('/api/v1/bookings', nested);
    if (a.status === 201) {
      const said = JSON.parse(a.text);
      kept.push({ ...said, sent: fields, asForm });
      return;
    }
    if (a.status === 400) { // JSON may not carry a NUL at all
      ok(!asForm && JSON.stringify(nested).includes('\\u0000'), a.text);
      for (const [k, v] of Object.entries(fields)) if (v.includes('\0')) drop(fields, k);
      continue;
    }
    equal(a.status, 422, a.text);
    const { errors } = JSON.parse(a.text);
    for (const e of errors) {
      const name = e.field.split('[')[0].split('.').pop();
      ok(e.message.length > 10 && /[.。]$|”$/.test(e.message) && name in fields, `${e.field}: ${e.message}`);
      drop(fields, name);
      refusals++;
    }
  }
}

function drop(fields, name) {
  if (name in good) fields[name] = good[name];
  else delete fields[name];
}

test('hostile: 1,000 strings in every field are stored exactly, or refused with a sentence', async () => {
  ok(strings.length === 1000 && new Set(strings).size === 1000, 'a thousand different strings');
  for (let i = 0; i < strings.length; i += 4) await Promise.all([0, 1, 2, 3].map(k => bookOne(i + k)));
  equal(kept.length, strings.length);
  ok(refusals > strings.length, `${refusals} fields refused`);
  const read = async b => {
    const all = await d.detail(b.reference);
    for (const name of plain) {
      const sent = trimmed(b.asForm ? inForm(b.sent[name] ?? '') : b.sent[name] ?? '');
      equal(all[name] ?? '', sent, `${b.reference} ${name}`);
    }
    if (all.status === 'spam') await d.act(b.reference, 'not-spam', {}, all.version); // so that every page shows it
  };
  for (let i = 0; i < kept.length; i += 4) await Promise.all(kept.slice(i, i + 4).map(read));
}, 240);

test('hostile: and in what staff write: notes, contacts, corrections', async () => {
  const act = async (b, i) => {
    const write = async (action, body, headers = {}) => {
      const a = await d.json(`/api/v1/staff/bookings/${b.reference}/${action}`, body, { ...d.asManager, ...headers });
      ok(a.status === 200 || a.status === 422 || (a.status === 400 && JSON.stringify(body).includes('\\u0000')), `${action}: ${a.status} ${a.text}`);
      return a.status === 200;
    };
    b.written = [];
    if (await write('note', { text: at(i) })) b.written.push(at(i));
    if (await write('contact', { channel: 'phone', outcome: 'no-answer', text: at(i + 500) })) b.written.push(at(i + 500));
    const { version } = await d.detail(b.reference);
    if (await write('amend', { best_time_to_call: at(i + 251) }, { 'If-Match': `"${version}"` })) b.sent.best_time_to_call = at(i + 251);
  };
  for (let i = 0; i < kept.length; i += 4) await Promise.all([0, 1, 2, 3].map(k => act(kept[i + k], i + k)));
}, 240);

/* Two tabs share the pages: one as patients and staff have it, one without the policy. */
async function inTwoTabs(session, all, visitOne) {
  const watches = await Promise.all([false, true].map(async bypassCSP => {
    const { context, page, watch } = await visit({ bypassCSP, width: 1000 });
    if (session) await context.addCookies([session]);
    for (let i = bypassCSP ? 1 : 0; i < all.length; i += 2) await visitOne(page, all[i], i);
    return watch;
  }));
  for (const w of watches) {
    w.onlyFrom(d.base);
    w.quiet();
  }
}

/* All that is looked at of a page, in one question. */
const look = page => page.evaluate(() => ({
  rows: Object.fromEntries([...document.querySelectorAll('dt')].map(t => [t.textContent, t.nextElementSibling.textContent])),
  h1: document.querySelector('h1').textContent,
  note: document.querySelector('blockquote')?.textContent ?? '',
  details: [...document.querySelectorAll('.detail')].map(e => e.textContent).join('\n'),
  who: document.querySelector('.who')?.textContent,
}));

/* The strings of a page's fields stand apart as bookOne() laid them, so that these pages
 * show every one of them: two fields on the patient's, seven on the desk's. */
const patients = () => kept.filter((_, i) => Math.floor(i / 148) % 2 === 0);
const desks = () => kept.filter((_, i) => i % 4 === 0);

test('hostile: the patient\'s page shows each as it was sent, and nothing runs', () =>
  inTwoTabs(null, patients(), async (page, b) => {
    await page.goto(d.base + new URL(b.manage_url).pathname, { waitUntil: 'domcontentloaded' });
    const { rows: shown } = await look(page);
    equal([shown.Name, shown['Your note'] ?? ''], [inPage(trimmed(b.sent.full_name)), inPage(trimmed(b.sent.note ?? ''))], b.reference);
  }), 300);

let session;
const theSession = async () => session ||= await signIn(d, 'desk', 'manager', `Aunty ${payload}`.slice(0, 80));

test('hostile: one request on the desk shows each as it was sent, and nothing runs', async () =>
  inTwoTabs(await theSession(), desks(), async (page, b) => {
    await page.goto(`${d.base}/staff/bookings/${b.reference}`, { waitUntil: 'domcontentloaded' });
    const seen = await look(page), shown = seen.rows;
    const t = name => inPage(trimmed(b.sent[name] ?? ''));
    equal([seen.h1, seen.note, shown['Under 18: guardian'], shown['Related as'], shown['Best time to call'] ?? ''],
      [`${t('full_name')} ${b.reference}`, t('note'), t('guardian_name'), t('guardian_relation'), t('best_time_to_call')], b.reference);
    for (const s of b.written.map(trimmed)) ok(seen.details.includes(inPage(s)), `${b.reference}: the history has not ${JSON.stringify(s)}`);
    ok(seen.who.includes('<img src=x onerror='), 'the name of who is signed in');
  }), 300);

test('hostile: the lists show each name as it was sent, and nothing runs', async () => {
  const names = new Map(kept.map(b => [b.reference, inPage(trimmed(b.sent.full_name))]));
  for (const [i, b] of kept.entries())
    if (i % 5 === 0) await d.act(b.reference, 'spam', {}, (await d.detail(b.reference)).version);
  const starts = ['/staff/concern?concern=excess-oil', '/staff/spam', '/staff/', '/staff/find?q=canary'];
  const seen = new Set();
  await inTwoTabs(await theSession(), starts, async (page, start) => {
    let next = d.base + start;
    while (next) {
      await page.goto(next, { waitUntil: 'domcontentloaded' });
      const lines = await page.evaluate(() => ({ next: document.querySelector('a[rel=next]')?.href,
        rows: [...document.querySelectorAll('tbody tr')].map(r => [r.querySelector('th a').textContent, r.querySelector('td').firstChild.textContent]) }));
      for (const [reference, name] of lines.rows) {
        equal(name, names.get(reference), `${start} ${reference}`);
        seen.add(reference);
      }
      next = lines.next;
    }
  });
  equal(seen.size, kept.length, 'requests seen in lists');
}, 240);

test('hostile: a day, the times for one and what cannot be kept show each as it was sent, and nothing runs', async () => {
  const some = kept.filter((_, i) => i % 17 === 1);
  const names = new Map(some.map(b => [b.reference, inPage(trimmed(b.sent.full_name))]));
  ok(some.length > 50, 'enough of them');
  const date = new Date(Date.now() + 9 * 86400e3).toISOString().slice(0, 10);
  for (const [i, b] of some.entries()) { // in the middle of the night, all with one doctor, for reasons of their own
    const book = reason => d.json(`/api/v1/staff/bookings/${b.reference}/book`, { slot: `${date}T03:00:00+08:00`, doctor: 'dr-a', override: true, reason },
      { ...d.asManager, 'If-Match': `"${version}"` });
    const { status, version } = await d.detail(b.reference);
    if (status === 'spam') { names.delete(b.reference); continue; }
    if ((await book(at(i))).status !== 200) equal((await book('a reason')).status, 200, b.reference);
  }
  const away = await d.json('/api/v1/staff/absences', { doctor: 'dr-a', from: `${date}T00:00`, to: `${date}T23:55`, reason: payload }, d.asManager);
  equal(away.status, 201, away.text);
  const seen = { today: new Set(), conflicts: new Set() };
  const starts = [`/staff/today?date=${date}`, '/staff/conflicts', ...[...names.keys()].slice(0, 20).flatMap(r => [`/staff/bookings/${r}/times`, `/staff/bookings/${r}`])];
  await inTwoTabs(await theSession(), [...starts, '/staff/conflicts', `/staff/today?date=${date}`], async (page, start) => {
    let next = d.base + start;
    while (next) {
      await page.goto(next, { waitUntil: 'domcontentloaded' });
      const said = await page.evaluate(() => ({ next: document.querySelector('main > p > a[rel=next]:not(.pages a)')?.href, h1: document.querySelector('h1').textContent,
        links: [...document.querySelectorAll('td > a[href^="/staff/bookings/"], .conflict h2 > a')].map(a => [a.getAttribute('href').split('/').pop(), a.textContent]) }));
      for (const [reference, name] of said.links)
        if (names.has(reference)) {
          equal(name, names.get(reference), `${start} ${reference}`);
          seen[start.split(/[/?]/)[2]]?.add(reference);
        }
      const one = /bookings\/([^/]*)/.exec(start)?.[1];
      if (one) ok(said.h1.includes(names.get(one)), `${start}: ${said.h1}`);
      next = said.next;
    }
  });
  equal([seen.today.size, seen.conflicts.size], [names.size, names.size], 'requests seen');
}, 300);

test('hostile: looked for, each comes back into its box, and nothing runs', async () =>
  inTwoTabs(await theSession(), strings.filter((_, i) => i % 8 === 3), async (page, s) => {
    await page.goto(`${d.base}/staff/find?q=${encodeURIComponent(s)}`, { waitUntil: 'domcontentloaded' });
    const q = await page.evaluate(() => document.querySelector('#q')?.value ?? null);
    ok(q === null || q === '' || q === inPage(trimmed(s)).replace(/\n/g, ''), `${JSON.stringify(s)} became ${JSON.stringify(q)}`);
  }), 240);

/* Fills the form of a page by its names, with as many strings as there are, and sends
 * it: what was sent, or null where the longest together were too much for one body. */
async function submitAll(page, form, from, names) {
  const values = Object.fromEntries(names.map((name, k) => [name, at(from + k)]));
  const [answer] = await Promise.all([page.waitForNavigation({ waitUntil: 'domcontentloaded' }), page.evaluate(([f, all]) => {
    const here = document.querySelector(f);
    for (const [name, value] of Object.entries(all)) {
      const area = document.createElement('textarea'); // takes line ends, as no input does
      here.querySelectorAll(`[name="${name}"]`).forEach(e => e.remove());
      area.name = name;
      area.value = value;
      here.append(area);
    }
    here.requestSubmit(here.querySelector('button[type=submit], button:not([name]):not(.hidden)'));
  }, [form, values])]);
  return answer.status() === 413 ? null : values;
}

/* That a control holds what it was sent: all of it, as a control of its kind can. */
async function holds(page, values, what) {
  const shown = await page.evaluate(names => Object.fromEntries(names.map(name => {
    const e = document.querySelector(`input[name="${name}"], textarea[name="${name}"]`);
    return [name, e && [e.value, e.tagName === 'TEXTAREA' || e.type === 'hidden', e.type]];
  })), Object.keys(values));
  for (const [name, s] of Object.entries(values)) {
    const [value, lines, type] = shown[name] ?? [null];
    if (value === null || /[\0\p{Cn}]/u.test(s)) continue; // NUL, and what is no character, cannot come back
    const text = inPage(s);
    const expected = lines ? text : type === 'email' ? text.replace(/\n/g, '').replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, '') : text.replace(/\n/g, '');
    equal(lines ? inPage(value) : value, expected, `${what}, ${name}`);
  }
}

test('hostile: the form comes back with each in its place, and nothing runs', async () => {
  const names = ['full_name', 'phone', 'email', 'guardian_name', 'guardian_phone', 'guardian_relation', 'note', 'utm_source', 'best_time_to_call', 'page'];
  const shown = Array.from({ length: 100 }, (_, i) => i);
  await inTwoTabs(null, shown, async (page, i) => {
    await page.goto(d.base, { waitUntil: 'domcontentloaded' });
    const values = await submitAll(page, 'form#book', i * 10, names);
    if (!values) return;
    equal(await page.locator('.summary').count(), 1, 'a page of errors');
    await holds(page, Object.fromEntries(Object.entries(values).filter(([k]) => !['utm_source', 'best_time_to_call', 'page'].includes(k))), `strings from ${i * 10}`);
  });
}, 240);

test('hostile: so does the desk\'s, and the sign-in', async () => {
  const names = ['full_name', 'phone', 'email', 'guardian_name', 'guardian_phone', 'guardian_relation', 'note', 'key', 'channel', 'language'];
  await inTwoTabs(await theSession(), Array.from({ length: 50 }, (_, i) => i * 20), async (page, from) => {
    await page.goto(`${d.base}/staff/new`, { waitUntil: 'domcontentloaded' });
    const values = await submitAll(page, 'form[action="/staff/new"]', from, names);
    if (values) {
      equal(await page.locator('.summary').count(), 1, 'a page of errors');
      await holds(page, Object.fromEntries(names.slice(0, 7).map(n => [n, values[n]])), `strings from ${from}`);
    }
    await page.goto(`${d.base}/staff/sign-in`, { waitUntil: 'domcontentloaded' });
    await submitAll(page, 'form[action="/staff/sign-in"]', from + 10, ['login']);
    equal(await page.locator('.error').count(), 1, 'a refusal');
  });
}, 240);

test('hostile: posted by a page of another origin, all of them at once', async () => {
  const { page, watch } = await visit();
  for (let from = 0; from < 100; from += 20) {
    await page.goto(site.serve(`<form method="post" enctype="multipart/form-data" action="${d.base}/book"><button>x</button></form>`));
    await submitAll(page, 'form', from, ['full_name', 'phone', 'email', 'note', 'form_token', 'return_url', 'lang', 'switch_lang', 'article', 'page', 'slot', 'doctor',
      'branch', 'service', 'consent_version', 'hp_website', 'concerns', 'reasons', 'preferred_days', 'utm_term']);
    equal(await page.locator('main h1').count(), 1, 'a page of ours');
  }
  watch.onlyFrom(d.base, site.origin);
  watch.quiet();
});
