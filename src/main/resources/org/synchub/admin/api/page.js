'use strict';

// Asks for the API's description with a token and hands it to Swagger UI, which then sends that token with every request.

const byId = id => document.getElementById(id);

async function ask(path, request) {
  const answer = await fetch(path, { ...request, cache: 'no-store', redirect: 'error' });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Error([answer.status, said.title, said.detail].filter(Boolean).join(': '));
  }
  return said;
}

async function login(credentials) {
  const headers = { 'Content-Type': 'application/json' };
  return (await ask('v1/auth/login', { method: 'POST', headers, body: JSON.stringify(credentials) })).accessToken;
}

function show(api, bearer) {
  // The form above is the login, and the hub is where the page came from, whatever a proxy made of its address.
  delete api.components.securitySchemes;
  delete api.security;
  api.servers = [{ url: new URL('..', location.href).href.replace(/\/$/, '') }];
  const domNode = document.createElement('div');
  byId('api').replaceChildren(domNode);
  SwaggerUIBundle({
    spec: api,
    domNode,
    validatorUrl: 'none',
    docExpansion: 'list',
    defaultModelsExpandDepth: -1,
    filter: true,
    tagsSorter: 'alpha',
    operationsSorter: 'alpha',
    showExtensions: true,
    // The command for curl that is shown is without the token.
    showMutatedRequest: false,
    requestInterceptor: request => {
      request.headers.Authorization = bearer;
      return request;
    },
  });
}

function enter(id, tokenOf) {
  byId(id).addEventListener('submit', async event => {
    event.preventDefault();
    byId('trouble').textContent = '';
    byId('api').replaceChildren();
    try {
      const bearer = 'Bearer ' + await tokenOf(Object.fromEntries(new FormData(event.target)));
      show(await ask('openapi', { headers: { Authorization: bearer } }), bearer);
      event.target.reset();
    } catch (failure) {
      byId('trouble').textContent = failure.message;
    }
  });
}

enter('by-token', entered => entered.token.trim());
enter('by-password', login);
