// SPDX-License-Identifier: MIT
/*
 * foreign.js - forms of other sites. What docs/embed.md offers to paste is what is
 * posted here, with the names in it replaced by those of the test.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { daemon, equal, fill, ok, person, phone, reference, root, send, signIn, test, until, visit } from './lib.js';
import { foreign } from './other.js';

const text = readFileSync(path.join(root, 'docs/embed.md'), 'utf8');
const site = await foreign(), stranger = await foreign();
let d;

/* The block of the document that is marked so. */
function block(name) {
  const found = new RegExp('^```\\w+ ' + name + '\\n([^]*?)^```$', 'm').exec(text);
  ok(found, `docs/embed.md has no block ${name}`);
  return found[1].replaceAll('https://book.example.sg', d?.base ?? '').replaceAll('https://www.example.sg', site.origin);
}

/* "name = value" lines of the blocks, as the harness takes them. */
function options(...names) {
  const all = {};
  for (const [, key, value] of names.map(block).join('').matchAll(/^(\w+) = (.*)$/gm)) (all[`public.${key}`] ||= []).push(value);
  return all;
}

d = await daemon({ 'limits.rate_limits': 'off',
  ...options('return-url-conf', 'fetch-conf', 'frame-conf', 'contact-form-7-conf', 'wpforms-conf', 'elementor-conf') });

async function stored(count, fn) {
  const before = await d.count();
  const value = await fn();
  equal(await d.count() - before, count, 'bookings stored');
  return value;
}

/* The plain form of the document, filled in. */
async function fillPlain(page, change = {}) {
  const a = { full_name: 'Ahmad bin Osman', phone: phone(), note: '毛孔 <b>large</b> & "oily"\nline 2', consent: true, ...change };
  await page.locator('form [value="enlarged-pores"]').check();
  await page.locator('form [value="excess-oil"]').check();
  await page.locator('form [name="full_name"]').fill(a.full_name);
  await page.locator('form [name="phone"]').fill(a.phone);
  await page.locator('form [value="whatsapp"]').check();
  await page.locator('form [name="age_18_or_over"][value="yes"]').check();
  await page.locator('form [name="note"]').fill(a.note);
  if (a.consent) await page.locator('form [name="consent"]').check();
  return a;
}

/* That the newest request is the one that was filled in, tags and all. */
async function isStored(a) {
  const [{ reference: mine }] = await d.list({ q: a.phone.replace(/\D/g, '').slice(-8), concern: 'enlarged-pores,excess-oil', match: 'all' });
  const all = await d.detail(mine);
  equal([all.full_name, all.note.replaceAll('\r\n', '\n'), all.contact_method], [a.full_name, a.note, 'whatsapp']);
  return all;
}

for (const js of [true, false]) {
  test(`foreign: scripts ${js ? 'on' : 'off'}: a plain form of another origin leads to our confirmation`, async () => {
    const { page, context, watch } = await visit({ js, width: 390 });
    await page.goto(site.serve(block('plain-form')));
    await stored(1, async () => {
      const a = await fillPlain(page);
      await page.click('form button');
      await page.waitForURL(`${d.base}/b/*`);
      equal((await isStored(a)).reference, await reference(page));
      await page.reload();
    });
    equal(await context.cookies(), [], 'cookies');
    watch.onlyFrom(d.base, site.origin);
    watch.quiet();
  });

  test(`foreign: scripts ${js ? 'on' : 'off'}: with return_url the browser is sent there, nothing added`, async () => {
    const { page, watch } = await visit({ js });
    const thanks = site.serve('<h1>Thank you from the site</h1>', '/thank-you');
    await page.goto(site.serve(block('plain-form').replace('</form>', `${block('return-url')}</form>`)));
    await stored(1, async () => {
      const a = await fillPlain(page);
      await page.click('form button');
      await page.waitForURL(thanks);
      await isStored(a);
    });
    watch.quiet();
  });

  test(`foreign: scripts ${js ? 'on' : 'off'}: a wrong post comes back on our page, is repaired there and sent on to return_url`, async () => {
    const { page, watch } = await visit({ js });
    const thanks = site.serve('<h1>Thank you from the site</h1>', '/thank-you');
    await page.goto(site.serve(block('plain-form').replace('</form>', `${block('return-url')}</form>`)));
    await stored(1, async () => {
      const a = await fillPlain(page, { phone: '12' });
      await page.click('form button');
      await page.waitForSelector('.summary');
      equal(new URL(page.url()).origin, d.base);
      equal([await page.inputValue('#full_name'), await page.inputValue('#note'), await page.locator('[name=concerns]:checked').count()],
        [a.full_name, a.note, 2], 'kept answers');
      await page.fill('#phone', a.phone = phone());
      await send(page).click();
      await page.waitForURL(thanks);
      await isStored(a);
    });
    watch.quiet();
  });

  test(`foreign: scripts ${js ? 'on' : 'off'}: a frame shows the form and the confirmation, without a cookie`, async () => {
    const { page, context, watch } = await visit({ js, width: 390 });
    await page.goto(site.serve(block('frame')));
    const frame = await until(() => page.frames().find(f => f.url().startsWith(d.base)), 'the frame');
    await frame.waitForSelector('form#book');
    await stored(1, async () => {
      await send(frame).click();
      await frame.waitForSelector('.summary');
      await fill(frame, {});
      await send(frame).click();
      await frame.waitForURL(/\/b\//);
      ok(/^EX-/.test(await reference(frame)), 'a reference');
    });
    const [own] = await Promise.all([context.waitForEvent('page'), frame.click('a[target="_blank"]')]);
    await own.waitForURL(/\/b\//);
    equal(await reference(own), await reference(frame), 'the same page in a tab of its own');
    equal(await context.cookies(), [], 'cookies');
    equal(page.url().startsWith(site.origin), true, 'the page around it stays');
    watch.onlyFrom(d.base, site.origin);
    watch.quiet();
  });
}

test('foreign: a return_url that is not listed leads to our own page', async () => {
  const { page, watch } = await visit();
  for (const url of [`${stranger.origin}/`, `${site.origin}/thank-you?x`, `${site.origin}/thank-you/..`, '//evil.example', 'javascript:canary(1)']) {
    await page.goto(site.serve(block('plain-form').replace('</form>', `<input type="hidden" name="return_url" value="${url}"></form>`)));
    await fillPlain(page);
    await page.click('form button');
    await page.waitForURL(`${d.base}/b/*`);
  }
  watch.onlyFrom(d.base, site.origin);
  watch.quiet();
});

test('foreign: fetch from an allowed origin books once, however often it is clicked, and shows what is wrong', async () => {
  const { page, watch } = await visit();
  await page.goto(site.serve(block('plain-form') + block('fetch')));
  await stored(0, async () => {
    await fillPlain(page, { phone: '12', consent: false });
    await page.click('form button');
    await page.waitForFunction(() => document.getElementById('said').textContent.includes('Enter a phone number, like'));
  });
  await stored(1, async () => {
    const a = await fillPlain(page);
    await page.locator('form button').dblclick();
    await page.waitForFunction(() => /Thank you. Your reference is EX-/.test(document.getElementById('said').textContent));
    await Promise.all([page.waitForResponse(r => r.request().method() === 'POST'), page.click('form button')]);
    const all = await isStored(a);
    ok((await page.textContent('#said')).includes(all.reference), 'the reference is shown');
  });
  watch.onlyFrom(d.base, site.origin);
  watch.quiet();
});

test('foreign: fetch from any other origin is stopped before anything is stored', async () => {
  const { page } = await visit();
  for (const type of ['application/json', 'text/plain']) {
    await page.goto(stranger.serve('<p>a stranger</p>'));
    await stored(0, async () => {
      const said = await page.evaluate(async ([url, body, contentType]) => {
        try {
          return (await fetch(url, { method: 'POST', headers: { 'Content-Type': contentType }, body, credentials: 'include' })).status;
        } catch (e) {
          return e.name;
        }
      }, [`${d.base}/api/v1/bookings`, JSON.stringify(person()), type]);
      equal(said, 'TypeError', `${type}: what the script learns`);
    });
  }
});

test('foreign: a frame of any other origin, and the staff\'s pages in any frame, stay empty', async () => {
  const session = await signIn(d, 'framed');
  for (const [host, address] of [[stranger, '/'], [stranger, '/book'], [site, '/staff/'], [site, '/staff/sign-in'], [site, '/staff/new'], [site, '/nothing']]) {
    const { page, context } = await visit();
    await context.addCookies([session]);
    await page.goto(host.serve(`<iframe src="${d.base}${address}"></iframe>`));
    const shown = await Promise.all(page.frames().slice(1).map(f => f.evaluate(() => document.querySelectorAll('form, main').length)));
    equal(shown, [0], `${address} in a frame`);
  }
});

// ---- plugins of WordPress: the bytes they send ----

const answersOf = () => ({ concerns: ['enlarged-pores', 'excess-oil'], full_name: 'Siti Nur', phone: phone(), note: '毛孔 "x" & y=z\nline 2' });

async function acceptedFrom(headers, body, a) {
  await stored(1, async () => {
    const answer = await d.ask('POST', '/book', body, headers);
    equal(answer.status, 201, answer.text);
    ok(/^EX-/.test(JSON.parse(answer.text).reference), answer.text);
  });
  const all = await d.detail((await d.list({ q: a.phone.replace(/\D/g, '').slice(-8) }))[0].reference);
  equal([all.full_name, all.note.replaceAll('\r\n', '\n'), all.contact_method, all.tags.filter(t => t.source === 'patient').map(t => t.slug).sort()],
    [a.full_name, a.note, 'whatsapp', a.concerns.slice().sort()]);
}

test('foreign: Contact Form 7\'s own multipart bytes', async () => {
  const a = answersOf(), boundary = '----WebKitFormBoundary7MA4YWxkTrZu0gW3';
  const rows = [['_wpcf7', '123'], ['_wpcf7_version', '6.1.1'], ['_wpcf7_locale', 'en_US'], ['_wpcf7_unit_tag', 'wpcf7-f123-p45-o1'],
    ['_wpcf7_container_post', '45'], ['_wpcf7_posted_data_hash', ''], ...a.concerns.map(c => ['checkbox-812[]', c]), ['your-name', a.full_name],
    ['tel-123', a.phone], ['radio-345', 'whatsapp'], ['radio-678', 'yes'], ['your-message', a.note.replaceAll('\n', '\r\n')], ['acceptance-901', '1']];
  const body = rows.map(([n, v]) => `--${boundary}\r\nContent-Disposition: form-data; name="${n}"\r\n\r\n${v}\r\n`).join('') + `--${boundary}--\r\n`;
  await acceptedFrom({ Accept: 'application/json, */*;q=0.1', 'Content-Type': `multipart/form-data; boundary=${boundary}` }, body, a);
});

/* As bookingd_send() of the document writes them. */
const pairs = fields => Object.entries(fields).flatMap(([n, v]) => [v].flat().map(one =>
  `${encodeURIComponent(n)}=${encodeURIComponent(one)}`)).join('&');
const fromPhp = { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' };

test('foreign: Contact Form 7, passed on by its hook', async () => {
  const a = answersOf();
  for (const name of ['checkbox-812', 'your-name', 'tel-123', 'radio-345', 'radio-678', 'your-message', 'acceptance-901'])
    ok(block('contact-form-7-form').includes(` ${name} `) || block('contact-form-7-form').includes(` ${name}]`), `${name} is a field of the form`);
  await acceptedFrom(fromPhp, pairs({ 'checkbox-812': a.concerns, 'your-name': a.full_name, 'tel-123': a.phone, 'radio-345': ['whatsapp'],
    'radio-678': ['yes'], 'your-message': a.note, 'acceptance-901': '1' }), a);
});

test('foreign: WPForms, passed on by its hook', async () => {
  const a = answersOf();
  const f = id => `wpforms[fields][${id}]`;
  await acceptedFrom(fromPhp, pairs({ [f(1)]: a.concerns, [f(2)]: a.full_name, [f(3)]: a.phone, [f(4)]: 'whatsapp', [f(5)]: 'yes', [f(6)]: a.note,
    [f(7)]: ['yes'] }), a);
});

test('foreign: Elementor\'s webhook with advanced data', async () => {
  const a = { ...answersOf(), concerns: ['excess-oil'] };
  const rows = { 'form[id]': 'a1b2c3d', 'form[name]': 'Consultation' };
  const values = { concern: 'excess-oil', name: a.full_name, phone: a.phone, contact: 'whatsapp', adult: 'yes', message: a.note, consent: 'on' };
  for (const [id, value] of Object.entries(values))
    Object.assign(rows, { [`fields[${id}][id]`]: id, [`fields[${id}][type]`]: 'text', [`fields[${id}][title]`]: id,
      [`fields[${id}][value]`]: value, [`fields[${id}][raw_value]`]: value, [`fields[${id}][required]`]: '1' });
  for (const [id, value] of Object.entries({ date: 'November 26, 2026', time: '4:05 am', page_url: `${site.origin}/`, user_agent: 'Mozilla/5.0',
    remote_ip: '127.0.0.1', credit: 'Elementor' }))
    Object.assign(rows, { [`meta[${id}][title]`]: id, [`meta[${id}][value]`]: value });
  await acceptedFrom(fromPhp, pairs(rows), a);
  const answer = await d.ask('POST', '/book', pairs({ ...rows, 'fields[phone][value]': phone() }), { 'Content-Type': fromPhp['Content-Type'], Accept: '*/*' });
  equal(answer.status, 303, 'as Elementor asks, which follows it to a page with status 200');
});
