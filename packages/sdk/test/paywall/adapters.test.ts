import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { expressPaywall, fastifyPaywall, honoPaywall, nodeHttpPaywall } from '@symbolon/sdk'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { type App, BIG, type Calls, count, paywallCompliance } from './compliance.ts'

async function wordOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return (JSON.parse(Buffer.concat(chunks).toString()) as { word: string }).word
}

async function plain(calls: Calls, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').replace(/\?.*/, '')
  const n = count(calls, path)
  if (path === '/echo') response.end(await wordOf(request))
  else if (path === '/fail' && n === 1) response.writeHead(500).end('broken')
  else if (path === '/throw' && n === 1) throw new Error('broken')
  else if (path === '/fail' || path === '/throw') response.end('works')
  else if (path === '/big') {
    for (let i = 0; i < BIG / 65_536; i++) response.write(Buffer.alloc(65_536, 'b'))
    response.end()
  } else if (path === '/cookies') response.writeHead(201, { 'set-cookie': ['a=1', 'b=2'] }).end('ok')
  else response.end(path === '/free' ? 'free' : `weather ${n}`)
}

const node: App = {
  name: 'Node HTTP',
  mount: (paywall, calls) => nodeHttpPaywall(paywall, (request, response) => plain(calls, request, response)),
}

const withExpress: App = {
  name: 'Express',
  mount: (paywall, calls) => {
    const app = express()
    app.use(expressPaywall(paywall))
    app.use(express.json())
    app.get('/weather', (_, response) => void response.send(`weather ${count(calls, '/weather')}`))
    app.post('/echo', (request, response) => {
      count(calls, '/echo')
      response.send((request.body as { word: string }).word)
    })
    app.get('/fail', (_, response) =>
      count(calls, '/fail') === 1 ? void response.status(500).send('broken') : void response.send('works'),
    )
    app.get('/throw', (_, response) => {
      if (count(calls, '/throw') === 1) throw new Error('broken')
      response.send('works')
    })
    app.get('/big', (_, response) => {
      count(calls, '/big')
      for (let i = 0; i < BIG / 65_536; i++) response.write(Buffer.alloc(65_536, 'b'))
      response.end()
    })
    app.get('/cookies', (_, response) => {
      count(calls, '/cookies')
      response.status(201).append('set-cookie', 'a=1').append('set-cookie', 'b=2').send('ok')
    })
    app.get('/free', (_, response) => void response.send('free'))
    // Express prints errors unless told what to do with them.
    app.use((_error: unknown, _: unknown, response: express.Response, _next: unknown) => {
      response.status(500).send('broken')
    })
    return app
  },
}

const withFastify: App = {
  name: 'Fastify',
  mount: async (paywall, calls) => {
    const app = fastify()
    app.addHook('onRequest', fastifyPaywall(paywall))
    app.get('/weather', async () => `weather ${count(calls, '/weather')}`)
    app.post<{ Body: { word: string } }>('/echo', async ({ body }) => {
      count(calls, '/echo')
      return body.word
    })
    app.get('/fail', async (_, reply) =>
      count(calls, '/fail') === 1 ? reply.code(500).send('broken') : 'works',
    )
    app.get('/throw', async () => {
      if (count(calls, '/throw') === 1) throw new Error('broken')
      return 'works'
    })
    app.get('/big', async () => {
      count(calls, '/big')
      return Buffer.alloc(BIG, 'b')
    })
    app.get('/cookies', async (_, reply) => {
      count(calls, '/cookies')
      return reply.code(201).header('set-cookie', ['a=1', 'b=2']).send('ok')
    })
    app.get('/free', async () => 'free')
    await app.ready()
    return (request, response) => app.routing(request, response)
  },
}

const withHono: App = {
  name: 'Hono',
  mount: (paywall, calls) => {
    const app = new Hono()
    app.use(honoPaywall(paywall))
    app.get('/weather', (c) => c.text(`weather ${count(calls, '/weather')}`))
    app.post('/echo', async (c) => {
      count(calls, '/echo')
      return c.text((await c.req.json<{ word: string }>()).word)
    })
    app.get('/fail', (c) => (count(calls, '/fail') === 1 ? c.text('broken', 500) : c.text('works')))
    app.get('/throw', (c) => {
      if (count(calls, '/throw') === 1) throw new Error('broken')
      return c.text('works')
    })
    app.get('/big', (c) => {
      count(calls, '/big')
      return c.body(new Uint8Array(BIG).fill(98))
    })
    app.get('/cookies', (c) => {
      count(calls, '/cookies')
      c.header('set-cookie', 'a=1', { append: true })
      c.header('set-cookie', 'b=2', { append: true })
      return c.text('ok', 201)
    })
    app.get('/free', (c) => c.text('free'))
    app.onError((_, c) => c.text('broken', 500))
    return getRequestListener(app.fetch)
  },
}

for (const app of [node, withExpress, withFastify, withHono]) paywallCompliance(app)
