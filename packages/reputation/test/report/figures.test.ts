import { describe, expect, it } from 'vitest'
import { reportPage } from '../../src/index.ts'
import { FULL } from './example.ts'
import { drawingIn, tableOf, textOf } from './read-page.ts'

const page = reportPage(FULL)
const text = textOf(page)

describe('figures on the page are those of the data', () => {
  it('attacks', () => {
    expect(tableOf(page, 'Attack outcomes')).toEqual([
      ['ring', '97.4 %', '1.2 %', '4.25', '1.125', '−73.5 %', '✓ pass', ''],
      ['bridge buying', '41.0 %', '2.0 %', '8.5', '12.9', '51.8 %', '✗ fail', 'acceptance is cheap'],
      ['sleeper', '—', '—', '—', '—', '—', '… pending', ''],
    ])
    expect(text).toContain('1 of 3 attacks')
    expect(text).toContain('cost per point (USDC)')
  })

  it('scorecard, with sums that the page counts itself', () => {
    expect(tableOf(page, 'Scorecard')).toEqual([
      ['S1', 'Sybil detection', '≥ 95 %', '97.4 %', '✓ pass', ''],
      ['S2', 'attack profitability', '≤ −10 %', '51.8 %', '✗ fail', ''],
      ['A1', 'ranking quality', '≥ 0.85', '0.8712', '✓ pass', ''],
      ['G2', 'governance', 'in force', '', '… pending', 'no module'],
    ])
    expect(text).toContain('2 of 4 gates passed, 1 failed, 1 pending')
  })

  it('evaluation', () => {
    expect(tableOf(page, 'Evaluation against labels')).toEqual([
      ['classifier', 'time split', '0.957', '0.941 to 0.971', '0.787'],
      ['SybilRank', '—', '0.823', '—', '—'],
    ])
  })

  it('calibration', () => {
    expect(tableOf(page, 'Reliability')).toEqual([
      ['4.8 %', '3.1 %', '1,289'],
      ['93.4 %', '95.7 %', '46'],
    ])
    expect(text).toContain('Brier score 0.0412, expected calibration error 0.0187')
  })

  it('importance, largest first', () => {
    expect(tableOf(page, 'Importance')).toEqual([
      ['absorbing walks', '0.1723'],
      ['degree', '0.0361'],
    ])
    expect(text).toContain('permutation, AUC lost')
  })

  it('parameters in full and convergence', () => {
    expect(tableOf(page, 'Parameters')).toEqual([
      ['damping', '0.614'],
      ['reciprocal factor', '0.82'],
      ['consented', 'true'],
    ])
    expect(tableOf(page, 'Convergence')).toEqual([
      ['PageRank', '57', '8.31e−13', 'yes', ''],
      ['HITS authority', '1,000', '2.2e−7', 'no', 'singular value repeated'],
    ])
  })

  it('nodes: flagged first, then ascending reputation', () => {
    expect(tableOf(page, 'Nodes to look at first')).toEqual([
      ['u', '0', '1', 'flagged, known Sybil'],
      ['t', '50', '0.95', 'flagged, known Sybil'],
      ['s', '121', '0.879', 'flagged, known Sybil'],
      ['e', '587', '0.413', ''],
      ['d', '612', '0.388', 'capped, known honest'],
      ['c', '949', '0.051', 'known honest'],
      ['b', '950', '0.05', 'known honest'],
      ['a', '1,000', '0', 'anchor, known honest'],
    ])
  })

  it('distribution: bins are closed below, the last one above too', () => {
    const rows = tableOf(page, 'Reputation')
    expect(rows).toHaveLength(20)
    // 0 → first; 50 → second; 121 → third; 587 → 550…600; 612 → 600…650; 949 → 900…950; 950 and 1000 → last.
    expect(rows[0]).toEqual(['0 to below 50', '1', '1'])
    expect(rows[1]).toEqual(['50 to below 100', '1', '1'])
    expect(rows[2]).toEqual(['100 to below 150', '1', '1'])
    expect(rows[11]).toEqual(['550 to below 600', '1', '0'])
    expect(rows[12]).toEqual(['600 to below 650', '1', '0'])
    expect(rows[18]).toEqual(['900 to below 950', '1', '0'])
    expect(rows[19]).toEqual(['950 to 1,000', '2', '0'])
    expect(rows.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(8)
  })

  it('quantiles by nearest rank', () => {
    // Sorted: 0, 50, 121, 587, 612, 949, 950, 1000; ranks 1, 1, 2, 4, 6, 8, 8.
    expect(tableOf(page, 'Reputation that this share of nodes does not exceed')).toEqual([
      ['lowest', '0'],
      ['5.0 %', '0'],
      ['25.0 %', '50'],
      ['median', '587'],
      ['75.0 %', '949'],
      ['95.0 %', '1,000'],
      ['highest', '1,000'],
    ])
  })

  it('header', () => {
    for (const part of [
      'Two triangles and a ring',
      'triangles.csv',
      'ab12'.repeat(16),
      '2026-04-01',
      'flagged (37.5 %) 3',
    ])
      expect(text).toContain(part)
  })

  it('every node of the drawing has its own figures', () => {
    const block = drawingIn(page)
    expect(block.ids).toEqual(['a', 'b', 'c', 'd', 'e', 's', 't', 'u'])
    expect(block.reputation).toEqual(FULL.nodes?.reputation)
    expect(block.probability).toEqual(FULL.nodes?.probability)
    // flagged 1, capped 2, anchor 4
    expect(block.marks).toEqual([4, 0, 0, 2, 0, 1, 1, 1])
    expect(block.given).toEqual([2, 2, 1, 1, 2, 1, 1, 1])
    expect(block.received).toEqual([3, 1, 1, 1, 1, 2, 1, 1])
    expect(block.scores).toEqual([
      ['PageRank', FULL.nodes?.scores?.['pageRank']],
      ['Spectral (Fiedler)', new Array(8).fill(null)],
    ])
    expect(block.signals).toEqual([['s3 anchor distance', FULL.nodes?.signals?.['anchorDistance']]])
    expect(text).toContain('Drawn: 8 of 8 nodes, and 11 of 11 directed edges as 10 lines.')
  })

  it('states the limits of structure beside the scores', () => {
    expect(text).toContain('detect one thing: a sparse cut')
    expect(text).toContain('A flag starts a review; it is not proof.')
    for (const source of ['Cheng and Friedman 2005', 'Viswanath and others 2010', 'Alvisi and others 2013'])
      expect(text).toContain(source)
    expect(text.match(/Structure shows a sparse cut, not intent/g)).toHaveLength(3)
  })
})
