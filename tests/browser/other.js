// SPDX-License-Identifier: MIT
/* other.js - another origin: a tiny server of pages that are not ours. */
import http from 'node:http';
import { atTheEnd } from './lib.js';

/* serve(html) makes an address for a page of that origin; posted: bodies it was sent. */
export async function foreign() {
  const pages = new Map();
  const server = http.createServer((q, r) => {
    const html = pages.get(q.url.split('?')[0]);
    r.statusCode = html === undefined ? 404 : 200;
    r.setHeader('Content-Type', 'text/html; charset=utf-8');
    r.end(html === undefined ? 'nothing' : `<!doctype html><meta charset="utf-8"><title>-</title>${html}`);
  });
  await new Promise(yes => server.listen(0, '127.0.0.1', yes));
  atTheEnd(async () => { server.closeAllConnections(); server.close(); });
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    serve(html, path = `/page-${pages.size}`) {
      pages.set(path, html);
      return origin + path;
    },
  };
}
