// SPDX-License-Identifier: MIT
/*
 * pages.js - every page there is, in both colour schemes: what axe-core says of
 * WCAG 2.2 AA, that nothing scrolls sideways on the smallest phone; with SCREENS=1
 * in the environment a picture of each in BUILD/screens.
 */
import { accessible, daemon, equal, fill, junk, noSidewaysScroll, ok, send, shot, signIn, test, visit } from './lib.js';

const d = await daemon({ 'limits.rate_limits': 'off' });
let session, requests;

/* Enough on the desk to fill its pages, made once. */
async function setting() {
  if (requests) return;
  session = await signIn(d, 'aunty');
  requests = [
    await d.book({ full_name: '陈美玲 Tan Mei Ling', concerns: ['enlarged-pores', 'excess-oil', 'elasticity-loss'], language: 'zh-Hans',
      note: 'T区出油，毛孔越来越大，试过很多护肤品都没效。\n12月婚礼。', preferred_days: ['thu', 'sat'], preferred_parts: ['evening'],
      reasons: ['otc-not-effective'], email: 'mei@example.com', contact_method: 'phone', best_time_to_call: 'after six' }),
    await d.book({ full_name: 'Nur Aisyah binti Abdul Rahman', concerns: ['not-sure'], language: 'ms', age_18_or_over: false,
      guardian_name: 'Abdul Rahman bin Ismail', guardian_phone: '8123 4567', guardian_relation: 'father',
      note: 'It bleeds since the laser last week and is swollen' }),
    await d.book({ full_name: 'Subramaniam s/o Krishnan Venkateswaran-Oppenheimer the very long Third', concerns: ['excess-oil'],
      contact_method: 'email', email: 'a.very.long.address.of.somebody@subdomain.of.a.long.example.com',
      note: `${'Nospacesatallinthisword'.repeat(12)} and then some.` }),
    await d.book({ full_name: 'Jo', concerns: ['sun-damage'] }),
  ];
  const { reference } = requests[0];
  await d.act(reference, 'contact', { channel: 'phone', outcome: 'no-answer', text: 'Rang twice, a lift.\nTrying again after six.' });
  await d.act(reference, 'note', { text: 'Speaks Mandarin.' });
  await d.book({ full_name: '陈美玲 Tan Mei Ling', phone: (await d.detail(reference)).phone });
  await junk(d, { full_name: 'Cheap watches' });
}

/* A day of the desk: who is to come, who has come, and one whose doctor is away. */
let visits;
async function calendar() {
  if (visits) return;
  const days = JSON.parse((await d.ask('GET', '/api/v1/slots?doctor=dr-b')).text).days.filter(day => day.slots.length > 8);
  const book = async (name, slot, doctor, more = {}) => {
    const { reference } = await d.book({ full_name: name, ...more });
    await d.act(reference, 'book', { slot, ...(doctor && { doctor }), override: true, reason: 'the day is full' }, (await d.detail(reference)).version);
    return reference;
  };
  const minutes = n => new Date(Math.floor(Date.now() / 60000 + n) * 60000).toISOString();
  const now = [
    await book('陈美玲 Tan Mei Ling', minutes(-40), 'dr-a', { language: 'zh-Hans', visited_before: 'yes', concerns: ['enlarged-pores', 'excess-oil'] }),
    await book('Subramaniam s/o Krishnan Venkateswaran-Oppenheimer the very long Third', minutes(-5), 'dr-b', { visited_before: 'no',
      note: 'It bleeds since the laser last week and is swollen' }),
    await book('Nur Aisyah', minutes(30), 'dr-c', { language: 'ms', visited_before: 'no' }),
  ];
  await d.act(now[0], 'arrive', {}, (await d.detail(now[0])).version);
  const taken = days[0].slots[0].start;
  visits = { now, taken,
    booked: await book('Jo Lim', days[1].slots[0].start, 'dr-b', { preferred_days: ['thu', 'sat'], preferred_parts: ['afternoon'] }),
    gone: await book('Wong Ah Kow', days[2].slots[2].start, 'dr-b', { language: 'zh-Hans', preferred_parts: ['afternoon'] }),
    lost: await book('Lim Swee Hock', days[2].slots[6].start, 'dr-b') };
  await book('First Come', taken, 'dr-b');
  const day = days[2].date;
  const a = await d.json('/api/v1/staff/absences', { doctor: 'dr-b', from: `${day}T00:00`, to: `${day}T23:55`, reason: 'leave' }, d.asManager);
  equal(a.status, 201, a.text);
}

/* What the page of a request says when its button is too late. */
const taken = async page => {
  const { reference } = await d.book({ full_name: 'Second Come' });
  await page.goto(`${d.base}/staff/bookings/${reference}/times?doctor=dr-b`);
  await page.evaluate(t => { document.querySelector('[name=pick]').value = `${t} dr-b`; }, visits.taken);
  await page.locator('[name=pick]').first().click();
  await page.waitForSelector('.summary');
};

const visitTo = (name, rest = '') => () => `/staff/bookings/${visits[name]}${rest}`;

const open = where => async page => {
  await page.goto(d.base + (typeof where === 'function' ? where() : where));
};

const submitEmpty = lang => async page => {
  await page.goto(`${d.base}/?lang=${lang}`);
  await fill(page, { concerns: ['not-sure', 'excess-oil'], full_name: null, phone: '12', contact_method: 'email', age_18_or_over: 'no',
    consent: null });
  await send(page).click();
  await page.waitForSelector('.summary');
};

/* Acts on a version that is gone. */
async function stale(page) {
  const { reference } = requests[3];
  await page.goto(`${d.base}/staff/bookings/${reference}`);
  await d.act(reference, 'amend', { best_time_to_call: `at ${Date.now()}` }, (await d.detail(reference)).version);
  await page.selectOption('#close-reason', 'price');
  await page.locator('form[action$="/close"] button').click();
  await page.waitForSelector('.summary');
}

const manage = i => () => new URL(requests[i].manage_url).pathname;
const request = i => () => `/staff/bookings/${requests[i].reference}`;

/* A patient's own page of an appointment, or what it leads to. */
const own = (language, rest, act) => async page => {
  const days = JSON.parse((await d.ask('GET', '/api/v1/slots')).text).days.filter(day => day.slots.length > 4);
  const { manage_url } = await d.book({ full_name: '林淑芬', language, slot: days.at(-1).slots[2].start });
  const path = new URL(manage_url).pathname;
  if (act) await d.ask('POST', `/api/v1/bookings/${path.slice(3)}/${act}`);
  await page.goto(d.base + path + rest);
};

const pages = [
  ['form', open('/')],
  ['form-ms', open('/?lang=ms')],
  ['form-zh', open('/?lang=zh-Hans')],
  ['form-errors', submitEmpty('en')],
  ['form-errors-ms', submitEmpty('ms')],
  ['form-errors-zh', submitEmpty('zh-Hans')],
  ['confirmation', open(manage(2))],
  ['confirmation-ms', open(manage(1))],
  ['confirmation-zh', open(manage(0))],
  ['appointment', own('en', '')],
  ['appointment-zh', own('zh-Hans', '')],
  ['appointment-cancelled', own('ms', '', 'cancel')],
  ['move', own('en', '/move')],
  ['move-zh', own('zh-Hans', '/move')],
  ['move-errors', async page => {
    await own('ms', '/move')(page);
    await page.locator('main form button').click();
    await page.waitForSelector('.summary');
  }],
  ['refusal', open('/b/nobody')],
  ['refusal-ms', open('/b/nobody?lang=ms')],
  ['refusal-zh', open('/no-such-page?lang=zh-Hans')],
  ['not-found', open('/staff/bookings/EX-2222222')],
  ['sign-in', open('/staff/sign-in')],
  ['sign-in-refused', async page => {
    await page.goto(`${d.base}/staff/sign-in`);
    await page.fill('#login', `somebody${Date.now()}`);
    await page.fill('#password', 'wrong');
    await page.locator('main button').click();
    await page.waitForSelector('.error');
  }],
  ['password', open('/staff/password')],
  ['password-refused', async page => {
    await page.goto(`${d.base}/staff/password`);
    await page.fill('#new_password', 'short');
    await page.locator('main button').click();
    await page.waitForSelector('.error');
  }],
  ['away', open('/staff/away')],
  ['away-checked', async page => {
    await page.goto(`${d.base}/staff/away`);
    await page.selectOption('#doctor', 'dr-b');
    const days = JSON.parse((await d.ask('GET', '/api/v1/slots?doctor=dr-b')).text).days.filter(day => day.slots.length > 8);
    await page.fill('#from', days[1].date);
    await page.fill('#to', days[1].date);
    await page.locator('button[value="check"]').first().click();
    await page.waitForSelector('.notice');
  }],
  ['away-errors', async page => {
    await page.goto(`${d.base}/staff/away`);
    await page.locator('button[value="check"]').last().click();
    await page.waitForSelector('.summary');
  }],
  ['unanswered', open('/staff/')],
  ['find', open('/staff/find')],
  ['find-found', open('/staff/find?q=%E7%BE%8E%E7%8E%B2')],
  ['find-nobody', open('/staff/find?q=nobody')],
  ['by-concern', open('/staff/concern?concern=excess-oil')],
  ['request', open(request(0))],
  ['request-minor', open(request(1))],
  ['request-long', open(request(2))],
  ['request-stale', stale],
  ['new-request', open('/staff/new')],
  ['new-request-errors', async page => {
    await page.goto(`${d.base}/staff/new`);
    await page.locator('input[value="excess-oil"]').check();
    await page.fill('#full_name', '王秀英 Ong Siew Eng');
    await page.fill('#phone', '8999 12');
    await page.locator('input[name="age_18_or_over"][value="no"]').check();
    await page.locator('button[type=submit]').click();
    await page.waitForSelector('.summary');
  }],
  ['spam', open('/staff/spam')],
  ['today', open('/staff/today')],
  ['today-unconfirmed', open('/staff/today?show=unconfirmed')],
  ['today-nobody', open('/staff/today?date=2027-01-01')],
  ['conflicts', open('/staff/conflicts')],
  ['times', open(visitTo('booked', '/times'))],
  ['times-of-new', open(() => `${request(0)()}/times`)],
  ['request-booked', open(visitTo('booked'))],
  ['request-stranded', open(visitTo('gone'))],
  ['request-arrived', open(() => `/staff/bookings/${visits.now[0]}`)],
  ['request-taken', taken],
  ['request-link', async page => {
    await page.goto(d.base + visitTo('booked')());
    await page.locator('form[action$="/link"] button').click();
    await page.waitForSelector('#fresh-link');
  }],
];

for (const [name, go] of pages)
  test(`page ${name}: no WCAG 2.2 AA violation in light and dark, nothing sideways at 320 px`, async () => {
    await setting();
    await calendar();
    const { context, page, watch } = await visit({ width: 390 });
    await context.addCookies([session]);
    await go(page);
    for (const [width, scheme] of [[390, 'light'], [390, 'dark'], [1280, 'dark'], [1280, 'light']]) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: scheme });
      await noSidewaysScroll(page, `${name} at ${width}`);
      if ((scheme === 'light') === (width === 390)) await accessible(page, `${name}, ${width} px, ${scheme}`);
      await shot(page, name, width, scheme);
    }
    await page.setViewportSize({ width: 320, height: 568 });
    await noSidewaysScroll(page, `${name} at 320`);
    equal(await page.locator('h1').count(), 1, 'headings of the first level');
    ok((await page.title()).trim().length > 2, 'a title');
    watch.onlyFrom(d.base);
    watch.quiet();
  });
