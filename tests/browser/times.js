// SPDX-License-Identifier: MIT
/*
 * times.js - a time is chosen on the booking page, or is gone when the form is sent:
 * in three languages, scripts on and off, by mouse and by keyboard.
 */
import { accessible, clinic, daemon, equal, fill, held, languages, noSidewaysScroll, ok, phone, reference, send, shot, tabTo, test,
  visit } from './lib.js';

const every = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const today = Date.now() + 8 * 3600e3;
const date = days => new Date(today + days * 86400e3).toISOString().slice(0, 10);
const at = (days, clock) => `${date(days)}T${clock}:00+08:00`;
const doctor = (slug, name, ...branches) => ({ slug, name, languages: ['en', 'zh-Hans'], services: ['consultation'],
  hours: branches.map(branch => ({ branch, days: every, from: '09:00', to: '19:30' })) });
const place = (slug, name, mode) => ({ slug, name, booking_mode: mode, hours: [{ days: every, from: '09:00', to: '19:30' }] });

/* Open every day: what is free does not depend on when this runs. */
const open = (branches, doctors) => ({ ...clinic({ min_notice_minutes: 0, slot_step_minutes: 30 }), branches, doctors, rooms: [],
  services: [{ slug: 'consultation', name: { en: 'Consultation' }, minutes: 30 }],
  closures: [{ branch: '*', date: date(2), name: { en: 'National Day', ms: 'Hari Kebangsaan', 'zh-Hans': '国庆日' } }] });

const off = { 'limits.rate_limits': 'off' };
const d = await daemon(off, open([place('main', 'Main Street', 'instant')], [doctor('dr-a', 'Dr A. Tan', 'main'), doctor('dr-b', 'Dr B. Lim', 'main')]));
const two = await daemon(off, open([place('main', 'Main Street', 'instant'), place('east', 'East Coast', 'request')],
  [doctor('dr-a', 'Dr A. Tan', 'main'), doctor('dr-b', 'Dr B. Lim', 'east'), doctor('dr-c', 'Dr C. Kumar', 'east')]));

const words = {
  en: { gone: 'That time has just been taken. Your answers are saved. Choose another time.', closed: 'We are closed (National Day)' },
  ms: { gone: 'Masa itu baru sahaja ditempah. Jawapan anda disimpan. Pilih masa lain.', closed: 'Kami tutup (Hari Kebangsaan)' },
  'zh-Hans': { gone: '该时段刚被预约。您填写的内容已保留，请选择其他时段。', closed: '休息（国庆日）' },
};
const radio = (page, slot) => page.locator(`.day input[name="slot"][value="${slot}"]`);
const dayOf = (page, slot) => page.locator('details.day').filter({ has: page.locator(`input[value="${slot}"]`) });
const chosen = page => page.locator('input[name="slot"]:checked').evaluateAll(all => all.map(one => one.value));
const starts = async (server, mine) => Date.parse((await server.detail(mine)).starts_at);
const others = all => Object.fromEntries(Object.entries(all).filter(([name]) => !['slot', 'offer', 'times_from'].includes(name)));

async function stored(server, count, fn) {
  const before = await server.count();
  const value = await fn();
  equal(await server.count() - before, count, 'bookings stored');
  return value;
}

/* Somebody else has it, with every doctor there. */
async function taken(server, slot) {
  for (const who of ['dr-a', 'dr-b']) await server.book({ slot, doctor: who });
}

/* In both colour schemes and on every width there is: what axe says, and a picture of each. */
async function looksWell(page, name, js) {
  for (const [width, scheme] of [[390, 'light'], [390, 'dark'], [1280, 'dark'], [1280, 'light']]) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: scheme });
    await noSidewaysScroll(page, `${name} at ${width}`);
    if (js && (scheme === 'light') === (width === 390)) await accessible(page, `${name}, ${width} px, ${scheme}`);
    await shot(page, name, width, scheme);
  }
  await page.setViewportSize({ width: 320, height: 568 });
  await noSidewaysScroll(page, `${name} at 320`);
}

/* Nothing to touch is smaller than 24 pixels. */
async function targets(page) {
  const small = await page.locator('.times summary, .times label, .times button, .times .none input').evaluateAll(all => all
    .map(e => [e.textContent.trim(), e.getBoundingClientRect()]).filter(([, b]) => b.width > 0 && (b.width < 24 || b.height < 24)).map(([t]) => t));
  equal(small, [], 'small targets');
}

// ---- a time is chosen ----

let minute = 0; // another time each time
for (const tag of Object.keys(languages))
  for (const js of [true, false])
    for (const width of [390, 1280]) {
      const slot = at(3 + Math.floor(minute / 10), `1${minute++ % 10}:00`);
      test(`times: ${tag}, scripts ${js ? 'on' : 'off'}, ${width} px: a time is chosen and booked at once`, async () => {
        const { page, watch } = await visit({ js, width, scheme: js ? 'light' : 'dark' });
        await page.goto(`${d.base}/?lang=${tag}`);
        await stored(d, 1, async () => {
          equal(await chosen(page), [''], 'what is chosen at first');
          ok(await page.locator('#preferred_days').isVisible(), 'days can be asked for instead');
          equal(await page.locator('div.day .why').first().textContent(), words[tag].closed);
          equal(await page.locator('details.day[open]').count(), 1, 'days that are open');
          await fill(page);
          await dayOf(page, slot).locator('summary').click();
          await radio(page, slot).check();
          ok(!await page.locator('#preferred_days').isVisible(), 'days need no answer any more');
          await targets(page);
          if (width === 390) await looksWell(page, `times-${tag}`, js);
          await send(page).click();
          await page.waitForURL(/\/b\//);
        });
        equal(await starts(d, await reference(page)), Date.parse(slot));
        watch.onlyFrom(d.base);
        watch.quiet();
      });
    }

test('times: by keyboard alone a day is opened and a time chosen with the arrows', async () => {
  const { page } = await visit({ width: 390 });
  await page.goto(d.base);
  await fill(page);
  const slot = at(1, '19:00'), press = key => page.keyboard.press(key);
  const day = dayOf(page, slot);
  await page.locator('#guardian_phone').or(page.locator('summary')).first().focus();
  await day.evaluate(e => e.setAttribute('data-day', ''));
  if (!await day.evaluate(e => e.open)) {
    await tabTo(page, '[data-day] summary');
    await press('Enter');
  }
  await tabTo(page, '#slot-none');
  await press('ArrowUp');
  equal(await chosen(page), [slot], 'above the last choice is the last time that can be seen');
  await press('ArrowUp');
  equal(await chosen(page), [at(1, '18:30')]);
  await press('ArrowDown');
  await press('ArrowDown');
  equal(await chosen(page), [''], 'none of them');
  await press('ArrowUp');
  await stored(d, 1, async () => {
    await tabTo(page, 'form#book > button[type=submit]');
    await press('Enter');
    await page.waitForURL(/\/b\//);
  });
  equal(await starts(d, await reference(page)), Date.parse(slot));
});

// ---- and is gone ----

for (const [i, tag] of Object.keys(languages).entries())
  for (const js of [true, false])
    test(`times: ${tag}, scripts ${js ? 'on' : 'off'}: a time that is gone: other times, every answer kept`, async () => {
      const { page, watch } = await visit({ js, width: 390 });
      const slot = at(6 + i, js ? '11:00' : '15:00');
      await page.goto(`${d.base}/?lang=${tag}`);
      await fill(page, { concerns: ['enlarged-pores', 'sun-damage'], reasons: ['otc-not-effective'], email: 'mei@example.com', note: 'line 1\n<b>二',
        preferred_days: ['mon'] });
      await dayOf(page, slot).locator('summary').click();
      await radio(page, slot).check();
      const before = others(await held(page));
      await taken(d, slot);
      await stored(d, 0, async () => {
        const [answer] = await Promise.all([page.waitForResponse(r => r.request().method() === 'POST'), send(page).click()]);
        equal(answer.status(), 409);
        await page.waitForSelector('.summary');
      });
      equal(await page.evaluate(() => document.activeElement.className), 'summary', 'focus');
      equal(await page.locator('.summary a').allTextContents(), [words[tag].gone]);
      equal(await page.locator('#slot-error').textContent(), words[tag].gone);
      equal(others(await held(page)), before, 'answers');
      equal(await chosen(page), [''], 'nothing is chosen for the patient');
      equal(await radio(page, slot).count(), 0, 'the time itself');
      const offers = page.locator('.slots.wide input');
      equal(await offers.count(), 3, 'other times');
      await page.locator('.summary a').press('Enter');
      equal(await page.evaluate(() => document.activeElement.id), 'slot', 'where its link leads');
      equal(await offers.first().getAttribute('id'), 'slot');
      await looksWell(page, `times-gone-${tag}`, js);
      const other = await offers.first().getAttribute('value');
      await offers.first().check();
      await stored(d, 1, async () => {
        await send(page).click();
        await page.waitForURL(/\/b\//);
      });
      equal(await starts(d, await reference(page)), Date.parse(other));
      watch.quiet();
    });

// ---- of another branch, doctor, week ----

for (const js of [true, false])
  test(`times: scripts ${js ? 'on' : 'off'}: branch, doctor and later days are shown by a button that keeps the answers`, async () => {
    const { page, watch } = await visit({ js, width: 390 });
    const focused = () => page.evaluate(() => document.activeElement.id);
    const show = page.locator('.quiet button[value="first"]').first();
    await page.goto(two.base);
    equal(await page.locator('input[name="slot"]').count(), 0, 'times before there is a branch');
    await stored(two, 0, async () => {
      await fill(page, { note: 'Kept', branch: 'east' });
      await looksWell(page, 'times-branch', js);
      await page.setViewportSize({ width: 390, height: 800 });
      const before = others(await held(page));
      await show.click();
      await page.waitForSelector('.times');
      equal(await focused(), 'times', 'focus');
      equal(others(await held(page)), { ...before, doctor: [''] });
      await page.locator('input[name="doctor"][value="dr-c"]').check();
      await Promise.all([page.waitForResponse(r => r.request().method() === 'POST'), show.click()]);
      await page.waitForSelector('input[value="dr-c"]:checked');
      await page.locator('.times .slots input').first().check();
      const [first] = await chosen(page);
      await page.locator('.times > .quiet button').last().click();
      await page.waitForSelector('input[name="times_from"]', { state: 'attached' });
      equal(await chosen(page), [first], 'the time of the first days');
      equal(others(await held(page)), { ...before, doctor: ['dr-c'] });
      equal(await focused(), 'times', 'focus');
      await looksWell(page, 'times-later', js);
      await page.locator('.languages button[value="zh-Hans"]').click();
      await page.waitForSelector('html[lang="zh-Hans"]');
      equal(await chosen(page), [first], 'in another language');
    });
    await stored(two, 1, async () => {
      await send(page).click();
      await page.waitForURL(/\/b\//);
    });
    const all = await two.detail(await reference(page));
    equal([all.status, all.branch, all.doctor, all.note], ['new', 'east', 'dr-c', 'Kept']);
    watch.onlyFrom(two.base);
    watch.quiet();
  });

test('times: a phone that has two appointments already is told whom to call', async () => {
  const { page } = await visit({ width: 390 });
  const who = { phone: phone(), full_name: 'Tan Mei Ling' };
  for (const clock of ['09:00', '09:30']) await d.book({ ...who, slot: at(10, clock) });
  await page.goto(d.base);
  await fill(page, who);
  await dayOf(page, at(10, '12:00')).locator('summary').click();
  await radio(page, at(10, '12:00')).check();
  await stored(d, 0, async () => {
    await send(page).click();
    await page.waitForSelector('a[href^="tel:"]');
  });
  ok((await page.locator('main').textContent()).includes('There are appointments under this number already'), 'the sentence');
  await looksWell(page, 'times-too-many', true);
});
