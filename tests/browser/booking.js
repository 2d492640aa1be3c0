// SPDX-License-Identifier: MIT
/* booking.js - the patient's story: the form, its errors, what it leads to, and sending twice. */
import { cuttable, daemon, equal, fill, held, languages, noSidewaysScroll, ok, phone, reference, send, tabTo, test, until, visit }
  from './lib.js';

const d = await daemon({ 'limits.rate_limits': 'off' });

/* The story with fn in it, and that it ended as count bookings. */
async function stored(count, fn) {
  const before = await d.count();
  const value = await fn();
  equal(await d.count() - before, count, 'bookings stored');
  return value;
}

// ---- three languages, scripts on and off, two widths, two colour schemes: every pair of them ----

for (const [tag, words] of Object.entries(languages))
  for (const js of [true, false])
    for (const width of [390, 1280]) {
      const scheme = js === (width === 390) ? 'light' : 'dark';
      test(`booking: ${tag}, scripts ${js ? 'on' : 'off'}, ${width} px, ${scheme}: a form leads to a page of one's own`, async () => {
        const { page, watch } = await visit({ js, width, scheme });
        await page.goto(`${d.base}/?lang=${tag}`);
        equal(await page.locator('html').getAttribute('lang'), tag);
        await noSidewaysScroll(page);
        await stored(1, async () => {
          await fill(page, { concerns: ['enlarged-pores', 'excess-oil'], preferred_days: ['thu', 'sat'], note: 'T区出油\n<b>12月婚礼</b>' });
          await send(page).click();
          await page.waitForURL(/\/b\/[\w-]{43}$/);
          const here = page.url(), mine = await reference(page);
          ok(/^EX-[2-9A-HJKMNP-Z]{7}$/.test(mine), `reference ${mine}`);
          equal(await page.locator('html').getAttribute('lang'), tag);
          equal((await page.locator('h1').textContent()).trim(), words.sent);
          const text = await page.locator('dl').textContent();
          for (const word of ['陈美玲 Tan Mei Ling', 'T区出油\n<b>12月婚礼</b>']) ok(text.includes(word), `${word} in ${text}`);
          await noSidewaysScroll(page);
          await page.reload();
          equal([page.url(), await reference(page)], [here, mine], 'after a reload');
          await page.goBack();
          equal(new URL(page.url()).pathname, '/', 'after going back');
          await page.goForward();
          equal([page.url(), await reference(page)], [here, mine], 'after going forward again');
        });
        watch.onlyFrom(d.base);
        watch.quiet();
      });
    }

// ---- errors ----

const messages = {
  en: ['Select what bothers you about your pores, or select “I’m not sure”', 'Enter your full name', 'Enter a phone number'],
  ms: ['Pilih apa yang mengganggu anda tentang liang pori, atau pilih “Saya tidak pasti”', 'Masukkan nama penuh anda', 'Masukkan nombor telefon'],
  'zh-Hans': ['请选择您的毛孔困扰，或选择“不确定”', '请输入您的姓名', '请输入电话号码'],
};
const plain = s => s.replaceAll('’', "'").replace(/[.。]$/, '');

/* The summary's links: [[id, words]], each leading to a control with the same words beside it. */
async function summary(page) {
  const links = await page.locator('.summary a').evaluateAll(all => all.map(a => [a.getAttribute('href').slice(1), a.textContent]));
  for (const [id, words] of links) {
    const beside = page.locator(`[id="${id}-error"]`);
    equal(await beside.textContent(), words, `the words beside ${id}`);
    ok(await page.locator(`[id="${id}"]`).evaluate(e => e.matches('input, select, textarea') && e.offsetParent !== null),
      `${id} is a control that can be seen`);
  }
  return links;
}

const focusedId = page => page.evaluate(() => document.activeElement.id || document.activeElement.className);

for (const [tag, words] of Object.entries(languages))
  test(`errors: ${tag}: nothing filled in: a focused summary whose links lead to the fields`, async () => {
    const { page, watch } = await visit({ js: tag !== 'ms' });
    await page.goto(`${d.base}/?lang=${tag}`);
    await stored(0, async () => {
      const [answer] = await Promise.all([page.waitForResponse(r => r.request().method() === 'POST'), send(page).click()]);
      equal(answer.status(), 422);
      await page.waitForSelector('.summary');
      equal(await page.locator('html').getAttribute('lang'), tag);
      ok((await page.title()).startsWith(words.error), `title ${await page.title()}`);
      equal(await focusedId(page), 'summary', 'focus');
      const links = await summary(page);
      equal(links.map(l => l[0]), ['concerns', 'full_name', 'phone', 'contact_method', 'age_18_or_over', 'consent']);
      equal(links.slice(0, 3).map(l => plain(l[1])), messages[tag].map(plain));
      for (const [id] of links) {
        await page.locator(`.summary a[href="#${id}"]`).press('Enter');
        equal(await focusedId(page), id, 'after Enter on its link the focus is on');
      }
    });
    watch.quiet();
  });

test('errors: what was right is kept, what was wrong too, and a repaired form is stored once', async () => {
  const { page, watch } = await visit({ width: 390 });
  await page.goto(`${d.base}/?article=large-pores`);
  await stored(1, async () => {
    await fill(page, { concerns: ['not-sure', 'excess-oil'], reasons: ['otc-not-effective'], phone: '12 34', contact_method: 'email',
      email: 'mei at example', age_18_or_over: 'no', consent: null, preferred_days: ['mon', 'sun'], preferred_parts: ['evening'],
      note: 'line 1\n\n  "line" 3 </textarea><b>' });
    const before = await held(page);
    await send(page).click();
    await page.waitForSelector('.summary');
    equal(await held(page), before, 'what the page holds');
    const ids = (await summary(page)).map(l => l[0]);
    equal(ids.sort(), ['concerns', 'consent', 'email', 'guardian_name', 'guardian_phone', 'guardian_relation', 'phone'].sort());
    equal(plain(await page.locator('#concerns-error').textContent()), plain("Select your concerns, or select “I'm not sure”"));
    equal(plain(await page.locator('#phone-error').textContent()), 'Enter a phone number, like 9123 4567 or +60 12 345 6789');
    for (const id of ['phone', 'email'])
      ok((await page.locator(`#${id}`).getAttribute('aria-describedby')).includes(`${id}-error`), `${id} is described by its error`);
    await page.locator('input[value="not-sure"]').uncheck();
    await fill(page, { concerns: [], full_name: null, phone: phone(), contact_method: null, email: 'mei@example.com', age_18_or_over: null,
      guardian_name: 'Tan Ah Kow', guardian_phone: '8123 4567', guardian_relation: 'father' });
    await send(page).click();
    await page.waitForURL(/\/b\//);
    const all = await d.detail(await reference(page));
    equal([all.note.replaceAll('\r\n', '\n'), all.email, all.guardian_name, all.concerns.map(c => c.slug).sort()],
      ['line 1\n\n  "line" 3 </textarea><b>', 'mei@example.com', 'Tan Ah Kow', ['excess-oil']],
      'what was stored');
  });
  watch.quiet();
});

test('errors: a page of errors that is reloaded stores nothing', async () => {
  const { page } = await visit();
  await page.goto(d.base);
  await stored(0, async () => {
    await fill(page, { phone: 'nonsense' });
    await send(page).click();
    await page.waitForSelector('.summary');
    await page.reload();
    await page.waitForSelector('.summary');
    equal(await page.locator('#phone').inputValue(), 'nonsense');
  });
});

// ---- languages ----

for (const js of [true, false])
  test(`languages: scripts ${js ? 'on' : 'off'}: a switch keeps every answer and stores nothing`, async () => {
    const { page, watch } = await visit({ js, width: 390 });
    await page.goto(d.base);
    await stored(0, async () => {
      await fill(page, { concerns: ['enlarged-pores', 'sun-damage'], reasons: ['otc-not-effective'], email: 'a@example.com', note: '三\nтри',
        preferred_days: ['any'], preferred_parts: ['morning', 'evening'] });
      const before = await held(page);
      for (const tag of ['zh-Hans', 'ms', 'en', 'zh-Hans']) {
        await page.locator(`.languages button[value="${tag}"]`).click();
        await page.waitForSelector(`html[lang="${tag}"]`);
        equal((await page.locator('h1').textContent()).trim(), languages[tag].switched);
        equal(await page.locator('.languages [aria-current]').textContent(), languages[tag].name);
        equal(await held(page), before, `in ${tag}`);
        equal(await page.locator('.summary').count(), 0, 'errors');
      }
    });
    await stored(1, async () => {
      await send(page).click();
      await page.waitForURL(/\/b\//);
      equal(await page.locator('html').getAttribute('lang'), 'zh-Hans');
    });
    watch.quiet();
  });

test('languages: Enter in a text field sends the form, it does not switch the language', async () => {
  const { page } = await visit();
  await page.goto(d.base);
  await fill(page);
  await stored(1, async () => {
    await page.locator('#full_name').press('Enter');
    await page.waitForURL(/\/b\//);
  });
  equal(await page.locator('html').getAttribute('lang'), 'en');
});

// ---- the keyboard alone ----

for (const width of [390, 1280])
  test(`keyboard: ${width} px: the whole story with Tab, Space, arrows and Enter`, async () => {
    const { page } = await visit({ width });
    const press = key => page.keyboard.press(key);
    await page.goto(d.base);
    await stored(1, async () => {
      await tabTo(page, '#full_name');
      await page.keyboard.type('Nur Aisyah binti Ali');
      await press('Enter'); // too early: the summary has the focus, its first link is one Tab away
      await page.waitForSelector('.summary');
      await press('Tab');
      equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '#concerns');
      await press('Enter');
      equal(await focusedId(page), 'concerns');
      await press('Space');
      await tabTo(page, '#phone');
      await page.keyboard.type(phone());
      await tabTo(page, 'input[name="contact_method"]');
      await press('Space');
      await press('ArrowDown');
      await tabTo(page, 'input[name="age_18_or_over"]');
      await press('Space');
      await tabTo(page, '#note');
      await page.keyboard.type('No mouse');
      await tabTo(page, '#consent');
      await press('Space');
      await tabTo(page, 'form#book > button[type=submit]');
      await press('Enter');
      await page.waitForURL(/\/b\//);
    });
    const all = await d.detail(await reference(page));
    equal([all.full_name, all.note, all.contact_method, all.concerns.length], ['Nur Aisyah binti Ali', 'No mouse', 'phone', 1]);
  });

// ---- sent twice ----

for (const js of [true, false])
  test(`twice: scripts ${js ? 'on' : 'off'}: a double click is one request`, async () => {
    const { page } = await visit({ js });
    await page.goto(d.base);
    await fill(page);
    await stored(1, async () => {
      await send(page).dblclick({ noWaitAfter: true });
      await page.waitForURL(/\/b\//);
      ok((await reference(page)).startsWith('EX-'), 'a reference');
    });
  });

test('twice: back, and sent again as it was, is the same page and one request', async () => {
  const { page } = await visit();
  await page.goto(d.base);
  await stored(1, async () => {
    await fill(page);
    await send(page).click();
    await page.waitForURL(/\/b\//);
    const first = await reference(page);
    await page.goBack();
    equal(await page.locator('#full_name').inputValue(), '陈美玲 Tan Mei Ling', 'the answers are there again');
    await send(page).click();
    await page.waitForURL(/\/b\//);
    equal(await reference(page), first);
  });
});

test('twice: back, a note added, and sent again changes the one request', async () => {
  const { page } = await visit({ js: false });
  await page.goto(d.base);
  await stored(1, async () => {
    await fill(page);
    await send(page).click();
    await page.waitForURL(/\/b\//);
    const first = await reference(page);
    await page.goBack();
    await page.locator('#note').fill('After six, please');
    await send(page).click();
    await page.waitForURL(/\/b\//);
    equal(await reference(page), first);
    equal((await d.detail(first)).note, 'After six, please');
  });
});

/* Sends the form where no answer comes from: the browser's own error page follows. */
async function sendInto(page) {
  const failed = page.waitForEvent('requestfailed', r => r.method() === 'POST');
  await send(page).click({ noWaitAfter: true });
  await failed;
  await until(() => page.evaluate(() => !document.querySelector('form#book')).catch(() => false), 'the error page');
}

test('twice: the network is cut before the post, and it is sent again: one request', async () => {
  const { page, context } = await visit({ width: 390 });
  await page.goto(d.base);
  await fill(page);
  await stored(0, async () => {
    await context.setOffline(true);
    await sendInto(page);
  });
  await context.setOffline(false);
  await stored(1, async () => {
    await page.goBack();
    await send(page).click();
    await page.waitForURL(/\/b\//);
  });
});

test('twice: the network is cut before the answer, and it is sent again: one request', async () => {
  const { page } = await visit({ width: 390 });
  const line = await cuttable(d);
  await page.goto(line.base);
  await fill(page);
  await stored(1, async () => {
    line.cut = true;
    await sendInto(page);
    line.cut = false;
    ok(line.lost > 0, 'an answer was lost');
    await page.goBack();
    await send(page).click();
    await page.waitForURL(/\/b\//);
  });
});

// ---- weight ----

test('weight: the form with its times is under 64 KB, its style under 16, errors too', async () => {
  const style = (await d.ask('GET', '/static/site.css')).text;
  for (const tag of Object.keys(languages))
    for (const html of [(await d.ask('GET', `/?lang=${tag}`)).text, (await d.form({ lang: tag })).text])
      ok(Buffer.byteLength(html) < 64 * 1024 && Buffer.byteLength(style) < 16 * 1024,
        `${tag}: ${Buffer.byteLength(html)} + ${Buffer.byteLength(style)} bytes`);
});

test('links: following every link and image of a patient\'s page changes nothing', async () => {
  const { page } = await visit();
  const { manage_url: url, reference: mine } = await d.book({ note: 'Only looked at' });
  const version = (await d.detail(mine)).version;
  await page.goto(d.base + new URL(url).pathname);
  for (const href of await page.locator('a[href]').evaluateAll(all => all.map(a => a.href)))
    if (href.startsWith('http')) await page.request.get(href.replace(/^https:\/\/localhost:8443/, d.base), { ignoreHTTPSErrors: true });
  const after = await d.detail(mine);
  equal([after.status, after.version], ['new', version]);
});
