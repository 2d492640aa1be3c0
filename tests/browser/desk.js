// SPDX-License-Identifier: MIT
/* desk.js - the staff's story in the browser, and what must not be done in their name. */
import { readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { atTheEnd, daemon, equal, ok, password, signIn, tab, test, until, visit } from './lib.js';
import { foreign } from './other.js';

const d = await daemon({ 'limits.rate_limits': 'off' });
const elsewhere = await foreign();
const where = page => new URL(page.url()).pathname;

const cookieOf = async context => (await context.cookies()).find(c => c.name === '__Host-session');

/* A browser with a session, made without the pages. */
let session;
async function signedIn(options) {
  session ||= await signIn(d, 'desk');
  const v = await visit(options);
  await v.context.addCookies([session]);
  return v;
}

const statusOf = async page => (await page.locator('.status strong').textContent()).trim();

for (const js of [true, false])
  test(`desk: scripts ${js ? 'on' : 'off'}: from the first sign-in to a closed request`, async () => {
    const login = `aunty-${js}`;
    const once = (await d.ctl('staff', 'add', login, '--role', 'manager', '--name', 'Aunty Lim')).trim();
    const older = await d.book({ full_name: '王秀英 Ong Siew Eng', language: 'zh-Hans', note: '我不确定 <i>什么</i> 适合我' });
    const newer = await d.book({ full_name: '林志明' });
    const { context, page, watch } = await visit({ js });

    await page.goto(`${d.base}/staff/`);
    equal(where(page), '/staff/sign-in', 'who is not signed in is sent to');
    equal(await cookieOf(context), undefined, 'a cookie before anybody signed in');
    await page.fill('#login', login);
    await page.fill('#password', once);
    await page.locator('main button').click();
    await page.waitForURL('**/staff/password');
    const first = await cookieOf(context);
    await page.goto(`${d.base}/staff/`);
    equal(where(page), '/staff/password', 'before a password of one\'s own, every page leads to');
    await page.fill('#new_password', password);
    await page.locator('main button').click();
    await page.waitForURL('**/staff/');
    const cookie = await cookieOf(context);
    equal([cookie.secure, cookie.httpOnly, cookie.sameSite, cookie.path, cookie.expires, cookie.domain],
      [true, true, 'Strict', '/', -1, 'localhost'], 'the session cookie');
    ok(cookie.value !== first.value, 'a new session with the new password');
    ok(!(await page.content()).includes(cookie.value), 'the session is not written into a page');

    const rows = await page.locator('tbody th a').allTextContents();
    ok(rows.indexOf(older.reference) >= 0 && rows.indexOf(older.reference) < rows.indexOf(newer.reference), `oldest first: ${rows}`);
    await page.click(`text=${older.reference}`);
    await page.waitForURL(`**/staff/bookings/${older.reference}`);
    equal(await page.locator('blockquote').textContent(), '我不确定 <i>什么</i> 适合我');
    equal(await page.locator('blockquote').getAttribute('lang'), 'zh-Hans');
    await page.selectOption('#contact-channel', 'phone');
    await page.selectOption('#contact-outcome', 'no-answer');
    await page.fill('#contact-text', 'Rang twice\n<b>a lift</b>');
    await page.click('text=Log contact');
    await until(async () => await statusOf(page) === 'contacted', 'the request is contacted');
    ok((await page.locator('.history').textContent()).includes('Rang twice\n<b>a lift</b>'), 'the history has the note');

    await page.click('nav >> text=Unanswered');
    ok(!(await page.locator('main').textContent()).includes(older.reference), 'who was contacted is not waiting any more');
    await page.click('nav >> text=Find');
    await page.fill('#q', '秀英');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/staff/find?q=*');
    equal(await page.locator(`tbody th a:text-is("${older.reference}")`).count(), 1, 'found by two characters');
    await page.click(`text=${older.reference}`);
    await page.waitForURL(`**/staff/bookings/${older.reference}`);
    await page.selectOption('#close-reason', 'chose-elsewhere');
    await page.locator('form[action$="/close"] button').click();
    await until(async () => await statusOf(page) === 'closed', 'the request is closed');
    const { status, history } = await d.detail(older.reference);
    equal([status, history.at(-1).reason], ['closed', 'chose-elsewhere']);

    await page.click('text=Sign out');
    await page.waitForURL('**/staff/sign-in');
    equal(await cookieOf(context), undefined, 'the cookie after signing out');
    await page.goBack();
    equal(where(page), '/staff/sign-in', 'going back after signing out leads to');
    for (const address of ['/staff/', '/staff/find?q=a', '/staff/concern', '/staff/new', '/staff/spam', '/staff/password',
      `/staff/bookings/${older.reference}`]) {
      const a = await d.ask('GET', address, undefined, { Cookie: `__Host-session=${cookie.value}` });
      equal([a.status, a.headers.location, a.text], [303, '/staff/sign-in', ''], `${address} with the old cookie`);
    }
    watch.onlyFrom(d.base);
    watch.quiet();
  });

test('desk: a caller is entered once, however often Save is clicked', async () => {
  const { page, watch } = await signedIn();
  await page.goto(`${d.base}/staff/new`);
  const before = await d.count();
  await page.selectOption('#channel', 'phone');
  await page.locator('input[value="excess-oil"]').check();
  await page.fill('#full_name', 'Caller <b>One</b>');
  await page.fill('#phone', '+65 8999 1234');
  await page.locator('input[name="contact_method"]').first().check();
  await page.locator('input[name="age_18_or_over"][value="yes"]').check();
  await page.locator('#consent').check();
  await page.locator('main button[type=submit]').dblclick({ noWaitAfter: true });
  await page.waitForURL('**/staff/bookings/EX-*');
  equal(await d.count() - before, 1, 'requests entered');
  ok((await page.locator('h1').textContent()).includes('Caller <b>One</b>'), 'the name as it was said');
  watch.quiet();
});

test('desk: what is wrong in a new request is listed, leads to its field, and every answer stays', async () => {
  const { page, watch } = await signedIn();
  await page.goto(`${d.base}/staff/new`);
  const before = await d.count();
  const save = async () => {
    const [answer] = await Promise.all([page.waitForResponse(r => r.request().method() === 'POST'),
      page.locator('main button[type=submit]').click()]);
    await page.waitForLoadState();
    return answer.status();
  };
  const links = async () => {
    const all = await page.locator('.summary a').evaluateAll(l => l.map(a => [a.getAttribute('href').slice(1), a.textContent]));
    for (const [id, words] of all) {
      equal(await page.locator(`[id="${id}-error"]`).textContent(), words, `the words beside ${id}`);
      await page.locator(`.summary a[href="#${id}"]`).press('Enter');
      equal(await page.evaluate(() => document.activeElement.id), id, 'after Enter on its link the focus is on');
      ok(await page.locator(`[id="${id}"]`).isVisible(), `${id} can be seen`);
    }
    return all.map(l => l[0]);
  };
  equal(await save(), 422);
  ok((await page.title()).startsWith('Error: '), await page.title());
  equal(await links(), ['channel', 'concerns', 'full_name', 'phone', 'contact_method', 'age_18_or_over', 'consent']);
  await page.selectOption('#channel', 'walk-in');
  await page.locator('input[value="excess-oil"]').check();
  await page.fill('#full_name', 'Walked In');
  await page.fill('#phone', '12');
  await page.locator('input[name="contact_method"][value="phone"]').check();
  await page.selectOption('#language', 'ta');
  await page.locator('input[name="age_18_or_over"][value="no"]').check();
  await page.fill('#note', 'waits outside\n<b>');
  await page.locator('#consent').check();
  const held = () => page.evaluate(() => [...new FormData(document.querySelector('main form'))]);
  const sent = await held();
  equal(await save(), 422);
  equal(await held(), sent, 'what the page holds');
  equal(await links(), ['phone', 'guardian_name', 'guardian_phone', 'guardian_relation']);
  for (const [name, value] of Object.entries({ phone: '8999 4321', guardian_name: 'Mother', guardian_phone: '8999 4322', guardian_relation: 'mother' }))
    await page.fill(`#${name}`, value);
  equal(await save(), 303);
  await page.waitForURL('**/staff/bookings/EX-*');
  equal(await d.count() - before, 1, 'requests entered');
  ok((await page.locator('dl').textContent()).includes('verbally'), 'how the patient agreed');
  watch.quiet();
});

for (const js of [true, false])
  test(`desk: scripts ${js ? 'on' : 'off'}: a time is chosen, moved and kept by the pages alone`, async () => {
    const { reference } = await d.book({ full_name: `陈美玲 <b>Chosen ${js}`, preferred_days: ['tue', 'thu'], preferred_parts: ['afternoon'] });
    const { page, watch } = await signedIn({ js, width: 390 });
    const now = async () => (({ status, starts_at: at, doctor }) => ({ status, at, doctor }))(await d.detail(reference));
    await page.goto(`${d.base}/staff/bookings/${reference}`);
    await page.click('text=Choose a time');
    await page.waitForURL('**/times');
    const first = page.locator('.free-day').first().locator('button').first();
    ok(/, as they asked$/.test(await first.getAttribute('aria-label')), 'the first fits what they asked for');
    const [at, doctor] = (await first.getAttribute('value')).split(' ');
    await first.press('Enter');
    await page.waitForURL(`**/staff/bookings/${reference}`);
    equal(await now(), { status: 'booked', at, doctor });
    equal(await page.locator('.visit .when').count(), 1, 'its time is shown');
    await page.click('.keys >> text=Move');
    await page.locator('[name=from]').fill(at.slice(0, 10));
    await page.selectOption('#doctor', 'dr-b');
    await page.locator('.filter button').click();
    await page.waitForURL('**/times?from=*doctor=dr-b*');
    const moved = (await page.locator('.free-day button').last().getAttribute('value')).split(' ');
    await page.locator('.free-day button').last().click();
    await page.waitForURL(`**/staff/bookings/${reference}`);
    equal(await now(), { status: 'booked', at: moved[0], doctor: 'dr-b' });
    await page.goto(`${d.base}/staff/today?date=${moved[0].slice(0, 10)}&show=unconfirmed`);
    const back = page.url();
    await page.locator('tr', { hasText: `Chosen ${js}` }).locator('button', { hasText: 'Confirmed' }).click();
    await until(async () => (await now()).status === 'confirmed', 'it is confirmed by one key');
    equal(page.url(), back, 'and leads back to');
    equal(await page.locator('tr', { hasText: `陈美玲 <b>Chosen ${js}` }).count(), 0, 'who has confirmed needs no call');
    watch.onlyFrom(d.base);
    watch.quiet();
  });

test('desk: of two who choose the same time, the second is offered others', async () => {
  const people = await Promise.all(['First', 'Second'].map(full_name => d.book({ full_name })));
  const { context, page, watch } = await signedIn();
  const other = await tab(context, watch);
  for (const [i, p] of [page, other].entries()) await p.goto(`${d.base}/staff/bookings/${people[i].reference}/times?doctor=dr-a`);
  await page.locator('.free-day button').first().click();
  await page.waitForURL(`**/staff/bookings/${people[0].reference}`);
  const [answer] = await Promise.all([other.waitForResponse(r => r.request().method() === 'POST'), other.locator('.free-day button').first().click()]);
  equal(answer.status(), 409);
  const offers = other.locator('.summary .chips button');
  ok(await offers.count() > 0, 'other times as buttons');
  const [at] = (await offers.first().getAttribute('value')).split(' ');
  await offers.first().click();
  await other.waitForURL(`**/staff/bookings/${people[1].reference}`);
  const { status, starts_at: got } = await d.detail(people[1].reference);
  equal([status, got], ['booked', at]);
  watch.quiet();
});

test('desk: what was held back is rescued by one click', async () => {
  const { reference } = await d.book({ full_name: 'Rescue Me' });
  await d.act(reference, 'spam', {}, (await d.detail(reference)).version);
  const { page } = await signedIn({ width: 390 });
  await page.goto(`${d.base}/staff/spam`);
  await page.locator(`form[action="/staff/bookings/${reference}/not-spam"] button`).click();
  await until(async () => (await d.detail(reference)).status === 'new', 'it is new again');
  equal(where(page), '/staff/spam');
});

test('desk: of two tabs, the stale one changes nothing and says so', async () => {
  const { reference } = await d.book({ full_name: 'Two Tabs' });
  const { context, page, watch } = await signedIn();
  const other = await tab(context, watch);
  for (const p of [page, other]) await p.goto(`${d.base}/staff/bookings/${reference}`);
  await page.selectOption('#close-reason', 'price');
  await page.locator('form[action$="/close"] button').click();
  await until(async () => await statusOf(page) === 'closed', 'the first tab closes it');
  const before = await d.detail(reference);
  const [answer] = await Promise.all([other.waitForResponse(r => r.request().method() === 'POST'), other.click('text=Mark as spam')]);
  equal(answer.status(), 409);
  const said = await other.locator('.summary').textContent();
  ok(/Nothing was changed/.test(said) && /changed this request meanwhile/.test(said), said);
  equal(await statusOf(other), 'closed', 'what the stale tab shows now');
  const after = await d.detail(reference);
  equal([after.status, after.version, after.history.length], ['closed', before.version, before.history.length]);
  watch.quiet();
});

test('desk: links to reach a patient have no word in them but the number or the address', async () => {
  const { reference } = await d.book({ email: 'mei@example.com', note: 'large pores' });
  const { page } = await signedIn();
  await page.goto(`${d.base}/staff/bookings/${reference}`);
  const links = await page.locator('.status a').evaluateAll(all => all.map(a => [a.href, a.rel]));
  equal(links.length, 3);
  for (const [href, rel] of links) {
    ok(/^(https:\/\/wa\.me\/\d+|tel:\+\d+|mailto:mei@example\.com)$/.test(href), href);
    equal(rel, 'noreferrer');
  }
});

// ---- in their name ----

/* Pages of somebody else that try to act with the victim's cookie. */
const attacks = reference => ({
  'a form': `<form id="f" method="post" action="${d.base}/staff/bookings/${reference}/close">
    <input name="reason" value="price"><input name="version" value="1"></form><script>f.submit()</script>`,
  'a form in the spam list\'s way': `<form id="f" method="post" action="${d.base}/staff/bookings/${reference}/not-spam"></form>
    <script>f.submit()</script>`,
  'a sign-out': `<form id="f" method="post" action="${d.base}/staff/sign-out"></form><script>f.submit()</script>`,
  'a password': `<form id="f" method="post" action="${d.base}/staff/password"><input name="new_password" value="chosen by somebody else">
    </form><script>f.submit()</script>`,
  'fetch with credentials': `<script>fetch('${d.base}/staff/bookings/${reference}/close', { method: 'POST', mode: 'no-cors',
    credentials: 'include', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'reason=price&version=1' })
    .finally(() => document.title = 'done')</script>`,
  'a frame': `<iframe src="${d.base}/staff/bookings/${reference}" onload="document.title = 'done'"></iframe>`,
});

/* Of another site over http; and of another port of this very host over https, whose
 * posts carry even a SameSite=Strict cookie. */
const hosts = {
  'another site': async html => elsewhere.serve(html),
  'another port of this host': async html => {
    const server = https.createServer({ key: readFileSync(path.join(d.directory, 'key.pem')), cert: readFileSync(path.join(d.directory, 'cert.pem')) },
      (q, r) => { r.setHeader('Content-Type', 'text/html; charset=utf-8'); r.end(`<!doctype html><title>-</title>${html}`); });
    await new Promise(yes => server.listen(0, '127.0.0.1', yes));
    atTheEnd(async () => { server.closeAllConnections(); server.close(); });
    return `https://localhost:${server.address().port}/`;
  },
};

for (const [host, serve] of Object.entries(hosts))
  test(`in their name: pages of ${host} change nothing with the cookie of who is signed in`, async () => {
    const { reference } = await d.book({ full_name: 'Victim' });
    const before = await d.detail(reference);
    const { context, page } = await signedIn();
    for (const [what, html] of Object.entries(attacks(reference))) {
      const reached = [];
      page.on('response', r => { if (r.url().startsWith(`${d.base}/staff`)) reached.push(`${r.status()} ${new URL(r.url()).pathname}`); });
      await page.goto(await serve(html), { waitUntil: 'commit' });
      await until(async () => reached.length > 0 || await page.title().catch(() => '') === 'done', `${what} reaches us`);
      ok(reached.every(r => !r.startsWith('200') || r === '200 /staff/sign-in') || what === 'a frame', `${what}: answered ${reached}`);
      page.removeAllListeners('response');
      await page.waitForLoadState().catch(() => {});
      const after = await d.detail(reference);
      equal([after.status, after.version, after.history.length], [before.status, before.version, before.history.length], what);
      if (what === 'a frame') {
        const text = await Promise.all(page.frames().slice(1).map(f => f.evaluate(() => document.body?.textContent ?? '').catch(() => '')));
        ok(!text.join().includes('Victim'), 'a staff page was framed');
      }
    }
    await page.goto(`${d.base}/staff/`);
    equal(where(page), '/staff/', 'the session is still there, its password too');
    equal((await cookieOf(context)).value, session.value);
  });

test('in their name: a form of our own page without its token, or with another session\'s, changes nothing', async () => {
  const { reference } = await d.book({ full_name: 'Token' });
  const thief = await signIn(d, 'thief');
  const { page } = await signedIn();
  const theirs = /name="csrf" value="([^"]*)"/.exec(
    (await d.ask('GET', '/staff/', undefined, { Cookie: `__Host-session=${thief.value}` })).text)[1];
  for (const token of [null, '', theirs]) {
    await page.goto(`${d.base}/staff/bookings/${reference}`);
    await page.selectOption('#close-reason', 'price');
    await page.evaluate(t => document.querySelectorAll('[name=csrf]').forEach(e => t === null ? e.remove() : e.value = t), token);
    const [answer] = await Promise.all([page.waitForResponse(r => r.request().method() === 'POST'),
      page.locator('form[action$="/close"] button').click()]);
    equal(answer.status(), 403);
    equal((await d.detail(reference)).status, 'new');
  }
});
