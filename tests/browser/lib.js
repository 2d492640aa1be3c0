// SPDX-License-Identifier: MIT
/*
 * lib.js - what every story leans on: a daemon of its own (launch.py), Debian's
 * Chromium with a watch that notes every request, dialog, script that ran and
 * policy that was broken, and the runner that prints one sentence a test.
 */
import { spawn, execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const build = path.resolve(root, process.argv[2] || 'build');
export const screens = path.join(build, 'screens');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const example = JSON.parse(readFileSync(path.join(root, 'etc/clinic.example.json'), 'utf8'));

// ---- the runner ----

const tests = [];
const closers = [];

export function test(sentence, fn, seconds = 60) {
  tests.push({ sentence, fn, seconds });
}

function within(seconds, promise) {
  let timer;
  const late = new Promise((_, no) => { timer = setTimeout(() => no(new Error(`not within ${seconds} s`)), seconds * 1000); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export async function run(only, ready) {
  let passed = 0, failed = ready ? 0 : 1;
  for (const t of tests.filter(t => !only || t.sentence.includes(only))) {
    const began = Date.now();
    try {
      await within(t.seconds, t.fn());
      const took = (Date.now() - began) / 1000;
      console.log(`ok      ${t.sentence}${took >= 1 ? ` (${took.toFixed(1)} s)` : ''}`);
      passed++;
    } catch (e) {
      console.log(`FAILED  ${t.sentence}\n${e.stack || e}`);
      failed++;
    }
    await closeContexts();
  }
  for (const close of closers.reverse())
    await close().catch(e => { console.log(`FAILED  everything ends in peace\n${e}`); failed++; });
  if (passed + failed === 0) { console.log('FAILED  no test ran'); failed++; }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0;
}

export const atTheEnd = fn => closers.push(fn);

export function equal(got, expected, what = '') {
  const [g, e] = [JSON.stringify(got), JSON.stringify(expected)];
  if (g !== e) throw new Error(`${what}${what ? ': ' : ''}got ${g}, expected ${e}`);
}

export function ok(condition, what) {
  if (!condition) throw new Error(what);
}

export async function until(condition, what, seconds = 10) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise(r => setTimeout(r, 20));
  }
}

// ---- the daemon ----

let number = 90000000 + process.pid % 1000 * 1000;
export const phone = () => `+65 ${++number}`;

/* A booking's JSON. */
export const person = other => ({ concerns: ['excess-oil'], full_name: 'Mei Tan', phone: phone(),
  contact_method: 'whatsapp', age_18_or_over: true, consent: true, ...other });

/* The same as a form's body: lists repeated, booleans yes or no, groups flat. */
export function formBody(p) {
  const q = new URLSearchParams();
  for (const [name, v] of Object.entries(p)) {
    if (Array.isArray(v)) v.forEach(one => q.append(name, one));
    else if (v !== null && typeof v === 'object') Object.entries(v).forEach(([k, one]) => q.append(k, one));
    else q.append(name, v === true ? 'yes' : v === false ? 'no' : v);
  }
  return q.toString();
}

export const clinic = change => ({ ...example, clinic: { ...example.clinic, ...change } });

class Daemon {
  constructor(said, process) {
    Object.assign(this, said);
    this.process = process;
    this.base = `https://localhost:${said.port}`;
    this.agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false, maxSockets: 4 });
  }

  ask(method, where, body, headers = {}) {
    const data = body === undefined ? undefined : Buffer.isBuffer(body) ? body : Buffer.from(body);
    return new Promise((yes, no) => {
      const q = https.request({ host: '127.0.0.1', port: this.port, path: where, method, agent: this.agent,
        headers: { Host: 'localhost', ...(data ? { 'Content-Length': data.length } : {}), ...headers } }, r => {
        const pieces = [];
        r.on('data', b => pieces.push(b));
        r.on('end', () => yes({ status: r.statusCode, headers: r.headers, text: Buffer.concat(pieces).toString() }));
      });
      q.on('error', no);
      q.end(data);
    });
  }

  json(where, body, headers = {}) {
    return this.ask('POST', where, JSON.stringify(body), { 'Content-Type': 'application/json', ...headers });
  }

  form(body, headers = {}) {
    return this.ask('POST', '/book', typeof body === 'string' ? body : formBody(body),
      { 'Content-Type': 'application/x-www-form-urlencoded', ...headers });
  }

  async book(other) {
    const a = await this.json('/api/v1/bookings', person(other));
    equal(a.status, 201, a.text);
    return JSON.parse(a.text);
  }

  get asManager() { return { Authorization: `Bearer ${this.manager}` }; }

  async detail(reference) {
    const a = await this.ask('GET', `/api/v1/staff/bookings/${reference}`, undefined, this.asManager);
    equal(a.status, 200, a.text);
    return JSON.parse(a.text);
  }

  async act(reference, action, body, version) {
    const a = await this.json(`/api/v1/staff/bookings/${reference}/${action}`, body,
      { ...this.asManager, ...(version === undefined ? {} : { 'If-Match': `"${version}"` }) });
    equal(a.status, 200, `${action}: ${a.text}`);
    return JSON.parse(a.text);
  }

  ctl(...args) {
    return new Promise((yes, no) => execFile(path.join(build, 'bookingctl'), ['--socket', this.socket, ...args],
      { maxBuffer: 1 << 26 }, (e, out, err) => e ? no(new Error(`bookingctl ${args.join(' ')}: ${err || e}`)) : yes(out)));
  }

  async count() { return JSON.parse(await this.ctl('status', '--json')).counts.bookings; }

  /* Of all requests, spam among them, what a staff query says. */
  async list(query = {}) {
    const a = await this.ask('GET', `/api/v1/staff/bookings?${new URLSearchParams({ limit: 200, ...query })}`, undefined,
      this.asManager);
    equal(a.status, 200, a.text);
    return JSON.parse(a.text).items;
  }

  async close() {
    this.agent.destroy();
    const { process: p } = this;
    const left = p.exitCode ?? p.signalCode ?? new Promise(yes => p.on('exit', yes));
    p.stdin.end();
    equal(await left, 0, 'the daemon leaves with status');
  }
}

export async function daemon(options = {}, clinicFile = null) {
  const p = spawn('python3', [path.join(root, 'tests/browser/launch.py'), build, JSON.stringify(options),
    ...(clinicFile ? [JSON.stringify(clinicFile)] : [])], { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = await new Promise((yes, no) => {
    let text = '';
    p.stdout.on('data', b => { text += b; if (text.includes('\n')) yes(text); });
    p.on('exit', code => no(new Error(`the daemon did not start: ${code}`)));
  });
  const d = new Daemon(JSON.parse(line), p);
  const key = new X509Certificate(readFileSync(path.join(d.directory, 'cert.pem'))).publicKey;
  trusted.push(createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('base64'));
  atTheEnd(() => d.close());
  return d;
}

/* The daemon behind a line that can be cut: then what it answers is lost. */
export async function cuttable(d) {
  const line = { cut: false, lost: 0 };
  const server = net.createServer(from => {
    const to = net.connect(d.port, '127.0.0.1');
    from.pipe(to);
    to.on('data', b => {
      if (!line.cut) return from.write(b);
      line.lost += b.length;
      return from.destroy();
    });
    for (const [a, b] of [[from, to], [to, from]]) a.on('error', () => {}).on('close', () => b.destroy());
  });
  await new Promise(yes => server.listen(0, '127.0.0.1', yes));
  line.base = `https://localhost:${server.address().port}`;
  atTheEnd(async () => server.close());
  return line;
}

// ---- the browser ----

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const trusted = []; // of each daemon's key: a certificate that is in doubt is never cached for
let chrome;
const contexts = new Set();

async function closeContexts() {
  for (const c of contexts) await c.close().catch(() => {});
  contexts.clear();
}

async function theBrowser() {
  if (!chrome) {
    const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
    ok(existsSync(executablePath), `${executablePath} is not there`);
    chrome = await chromium.launch({ executablePath,
      args: [...flags, `--ignore-certificate-errors-spki-list=${trusted}`] });
    atTheEnd(() => chrome.close());
  }
  return chrome;
}

/* Notes what must not happen. */
export class Watch {
  requests = [];
  dialogs = [];
  scripts = []; // of whoever calls canary()
  policy = []; // broken, or reported to be
  errors = [];

  quiet(what = 'the watch') {
    equal({ dialogs: this.dialogs, scripts: this.scripts, policy: this.policy, errors: this.errors },
      { dialogs: [], scripts: [], policy: [], errors: [] }, what);
  }

  onlyFrom(...origins) {
    equal(this.requests.filter(u => !origins.includes(new URL(u).origin)), [], 'requests elsewhere');
  }
}

async function watchPage(page, watch) {
  page.on('dialog', d => { watch.dialogs.push(`${d.type()} ${d.message()}`); d.dismiss().catch(() => {}); });
  page.on('pageerror', e => watch.errors.push(String(e)));
  page.on('console', m => {
    if (/Content Security Policy|Refused to|Trusted Type|frame-ancestors/i.test(m.text())) watch.policy.push(m.text());
  });
}

/* What Chromium itself reports of policies, scripts of the page on or off. */
async function watchIssues(page, watch) {
  const cdp = await page.context().newCDPSession(page);
  cdp.on('Audits.issueAdded', ({ issue }) => {
    if (issue.code === 'ContentSecurityPolicyIssue') watch.policy.push(JSON.stringify(issue.details));
  });
  await cdp.send('Audits.enable');
}

export async function visit(options = {}) {
  const { js = true, width = 1280, scheme = 'light', bypassCSP = false, height = 800 } = options;
  const context = await (await theBrowser()).newContext({ javaScriptEnabled: js, bypassCSP,
    viewport: { width, height }, colorScheme: scheme, reducedMotion: 'reduce', locale: 'en-SG' });
  const watch = new Watch();
  contexts.add(context);
  context.setDefaultTimeout(20000);
  context.on('request', r => watch.requests.push(r.url()));
  context.on('page', page => watchPage(page, watch));
  if (js) {
    await context.exposeBinding('canary', (_, text) => { watch.scripts.push(String(text)); });
    await context.exposeBinding('policyBroken', (_, text) => { watch.policy.push(text); });
    await context.addInitScript(() => document.addEventListener('securitypolicyviolation', e =>
      window.policyBroken(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`)));
  }
  const page = await context.newPage();
  await watchIssues(page, watch);
  return { context, page, watch };
}

/* Another tab of the same visitor. */
export async function tab(context, watch) {
  const page = await context.newPage();
  await watchIssues(page, watch);
  return page;
}

// ---- what must be true of any page ----

const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

export async function accessible(page, what) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axeSource);
  const { violations, passes } = await page.evaluate(t => window.axe.run(document,
    { runOnly: { type: 'tag', values: t }, preload: false, resultTypes: ['violations'] }), tags);
  ok(passes.length > 0, `${what}: axe looked at nothing`);
  const said = violations.map(v => `${v.id}: ${v.help}\n` + v.nodes.map(n => `    ${n.target} ${n.failureSummary}`).join('\n'));
  equal(said, [], what);
}

export async function noSidewaysScroll(page, what = page.url()) {
  const [content, window] = await page.evaluate(() =>
    [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  ok(content <= window, `${what}: ${content} px of content in ${window} px`);
}

export async function shot(page, name, width, scheme) {
  if (!process.env.SCREENS) return;
  mkdirSync(screens, { recursive: true });
  await page.screenshot({ path: path.join(screens, `${name}-${width}-${scheme}.png`), fullPage: true });
}

// ---- as a patient does ----

export const languages = {
  en: { name: 'English', send: 'Send request', switched: 'Book a consultation', error: 'Error: ', sent: 'Request sent' },
  ms: { name: 'Bahasa Melayu', send: 'Hantar permintaan', switched: 'Tempah konsultasi', error: 'Ralat: ', sent: 'Permintaan dihantar' },
  'zh-Hans': { name: '中文', send: '提交', switched: '预约咨询', error: '错误：', sent: '已提交' },
};

/* The answers of a form by the ids of its controls; what is not named is not touched. */
export async function fill(page, answers = {}) {
  const a = { concerns: ['enlarged-pores'], full_name: '陈美玲 Tan Mei Ling', phone: phone(), contact_method: 'whatsapp',
    age_18_or_over: 'yes', consent: 'yes', ...answers };
  for (const [name, value] of Object.entries(a)) {
    if (value === null) continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      const ticked = page.locator(`input[name="${name}"][value="${one}"]`);
      if (['full_name', 'phone', 'email', 'note', 'guardian_name', 'guardian_phone', 'guardian_relation'].includes(name))
        await page.locator(`#${name}`).fill(one);
      else await ticked.check();
    }
  }
  return a;
}

export const send = page => page.locator('form#book > button[type=submit]');

export async function reference(page) {
  return (await page.locator('.reference').textContent()).trim();
}

/* What a form holds, as name -> values, in its order. */
export const held = page => page.evaluate(() => {
  const all = {};
  for (const [k, v] of new FormData(document.querySelector('form#book')))
    if (!['form_token', 'lang', 'consent_version'].includes(k)) (all[k] ||= []).push(v.replace(/\r\n/g, '\n'));
  return all;
});

// ---- the keyboard alone ----

/* Tabs until the focus is on a control that matches; each stop must be seen to have it. */
export async function tabTo(page, selector) {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(async s => {
      await new Promise(requestAnimationFrame);
      const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
      return { there: e.matches(s), seen: box.width > 1 && box.bottom > 24 && box.top < innerHeight - 24,
        outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, what: e.outerHTML.slice(0, 80) };
    }, selector);
    ok(at.seen && at.outlined, `the focus cannot be seen on ${JSON.stringify(at)}`);
    if (at.there) return;
  }
  throw new Error(`no Tab leads to ${selector}`);
}

// ---- as staff do ----

export const password = 'four quiet words here';

/* Adds somebody and signs them in with a password of their own: the session's cookie. */
export async function signIn(d, login, role = 'manager', name = 'Aunty Lim') {
  const once = (await d.ctl('staff', 'add', login, '--role', role, '--name', name)).trim();
  const post = (where, body, cookie) => d.ask('POST', where, new URLSearchParams(body).toString(),
    { 'Content-Type': 'application/x-www-form-urlencoded', ...(cookie ? { Cookie: cookie } : {}) });
  const cookieOf = a => a.headers['set-cookie'][0].split(';')[0];
  const first = cookieOf(await post('/staff/sign-in', { login, password: once }));
  const page = await d.ask('GET', '/staff/password', undefined, { Cookie: first });
  const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)[1];
  const [, value] = cookieOf(await post('/staff/password', { csrf, new_password: password }, first)).split('=');
  return { name: '__Host-session', value, url: d.base, secure: true, httpOnly: true, sameSite: 'Strict' };
}

/* A post of our own page in which the trap was filled: held back. */
export async function junk(d, other = {}) {
  const token = /name="form_token" value="([^"]*)"/.exec((await d.ask('GET', '/')).text)[1];
  const a = await d.form({ ...person(), form_token: token, hp_website: 'https://spam.example', ...other });
  equal(a.status, 303, a.text);
}
