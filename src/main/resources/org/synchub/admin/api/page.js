'use strict';

// Builds one form per operation of /api/openapi and sends what is filled in. Text is only ever set as text.

const byId = id => document.getElementById(id);
let token = '';
let api = {};

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  Object.entries(attributes || {}).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
}

function resolved(schema) {
  const name = schema && schema.$ref && schema.$ref.split('/').pop();
  return name ? api.components.schemas[name] : schema || {};
}

/** A body to start from: every field, with nothing that would do more than its absence. */
function sample(schema, depth) {
  const so = resolved(schema);
  if (so.enum) { return so.enum[0]; }
  const type = Array.isArray(so.type) ? so.type.find(t => t !== 'null') : so.type;
  if (type === 'object' && depth < 4) {
    return Object.fromEntries(Object.entries(so.properties || {}).map(([key, value]) => [key, sample(value, depth + 1)]));
  }
  return { array: [], boolean: false, object: {} }[type] ?? null;
}

async function ask(method, path, headers, body, signal) {
  const sent = new Headers(headers);
  if (token) { sent.set('Authorization', 'Bearer ' + token); }
  if (body) { sent.set('Content-Type', 'application/json'); }
  return fetch(path, { method, headers: sent, body: body || undefined, signal, cache: 'no-store', redirect: 'error' });
}

function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch (notJson) { return text; }
}

async function show(answer, head, out) {
  const names = ['X-Request-ID', 'ETag', 'Retry-After', 'Content-Type'];
  head.textContent = answer.status + ' ' + names.filter(n => answer.headers.get(n))
    .map(n => n + ': ' + answer.headers.get(n)).join('  ');
  head.className = answer.ok || answer.status === 304 ? '' : 'failed';
  if (!(answer.headers.get('Content-Type') || '').startsWith('text/event-stream')) {
    out.textContent = pretty(await answer.text());
    return;
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    out.textContent = (out.textContent + part.value).slice(-100000);
  }
}

function field(parameter) {
  const schema = resolved(parameter.schema);
  const input = schema.enum
    ? element('select', {}, ...(parameter.required ? [] : [element('option', { value: '' })]),
      ...schema.enum.map(value => element('option', { value }, value)))
    : element('input', { size: parameter.in === 'path' ? 36 : 18 });
  if (schema.default !== undefined) { input.value = schema.default; }
  input.required = Boolean(parameter.required);
  return { parameter, input };
}

function operation(path, method, so) {
  const fields = (so.parameters || []).map(field);
  const type = so.requestBody && (so.requestBody.content || {})['application/json'];
  const body = type && element('textarea', { rows: 7, spellcheck: 'false', 'aria-label': 'Body' });
  if (body) { body.value = JSON.stringify(sample(type.schema, 0), null, 2); }
  const head = element('p');
  const out = element('pre');
  const stop = element('button', { type: 'button', hidden: '' }, 'Stop');
  const form = element('form', { autocomplete: 'off' },
    ...fields.map(({ parameter, input }) => element('label', { class: 'parameter', title: parameter.description || '' },
      parameter.name + (parameter.required ? '* ' : ' '), input)),
    ...(body ? [body] : []), element('button', {}, 'Send'), stop);
  form.addEventListener('submit', async event => {
    event.preventDefault();
    let where = path;
    const query = new URLSearchParams();
    const headers = {};
    fields.filter(({ input }) => input.value !== '').forEach(({ parameter, input }) => {
      if (parameter.in === 'path') { where = where.replace('{' + parameter.name + '}', encodeURIComponent(input.value)); }
      if (parameter.in === 'query') { query.append(parameter.name, input.value); }
      if (parameter.in === 'header') { headers[parameter.name] = input.value; }
    });
    const address = where + (query.size || String(query) ? '?' + query : '');
    const ending = new AbortController();
    stop.hidden = false;
    stop.onclick = () => ending.abort();
    head.textContent = method.toUpperCase() + ' ' + address + ' …';
    out.textContent = '';
    try {
      await show(await ask(method.toUpperCase(), address, headers, body && body.value, ending.signal), head, out);
    } catch (failure) {
      head.textContent += ending.signal.aborted ? ' stopped' : ' ' + failure.message;
    } finally {
      stop.hidden = true;
    }
  });
  const about = so.description ? [element('p', {}, so.description)] : [];
  return element('details', { 'data-words': (method + ' ' + path + ' ' + (so.summary || '')).toLowerCase() },
    element('summary', {}, element('span', { class: 'method' }, method.toUpperCase()), element('code', {}, path),
      ' ' + (so.summary || '') + ' ', element('span', { class: 'role' }, so['x-role'] || '')),
    ...about, form, head, out);
}

function build() {
  const groups = new Map();
  Object.entries(api.paths).sort().forEach(([path, methods]) => Object.entries(methods).forEach(([method, so]) => {
    const tag = (so.tags || ['other'])[0];
    groups.set(tag, [...(groups.get(tag) || []), operation(path, method, so)]);
  }));
  byId('api').replaceChildren(...[...groups.entries()].sort().map(([tag, all]) =>
    element('section', {}, element('h2', {}, tag), ...all)));
  byId('narrowing').hidden = false;
}

byId('narrow').addEventListener('input', event => document.querySelectorAll('details').forEach(one => {
  one.hidden = !one.dataset.words.includes(event.target.value.toLowerCase());
}));

byId('enter').addEventListener('submit', async event => {
  event.preventDefault();
  byId('trouble').textContent = '';
  token = byId('token').value.trim();
  try {
    if (!token && byId('user').value) {
      const login = await ask('POST', '/api/v1/auth/login', {},
        JSON.stringify({ user: byId('user').value, password: byId('password').value }));
      byId('password').value = '';
      token = login.ok ? (await login.json()).accessToken : '';
    }
    const answer = await ask('GET', '/api/openapi', {});
    if (!answer.ok) {
      const problem = await answer.json();
      throw new Error(problem.status + ' ' + problem.title + ': ' + problem.detail);
    }
    api = await answer.json();
    build();
  } catch (failure) {
    byId('trouble').textContent = failure.message;
  }
});
