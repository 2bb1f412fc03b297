export * from './labelled-graph.ts'
