/** The vector against the worked examples and against big integers; the tree against everything that a liar could send. */
import { type Address, encode, equalBytes } from '@symbolon/primitives'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  computeEpoch,
  type EpochInput,
  type Evidence,
  foldEpoch,
  netTrustOf,
  parametersDigest,
  type Score,
  ScoreTree,
  scoreProof,
  stakeShare,
  standingOf,
  TRUST_DIMENSIONS,
  verifyScoreProof,
} from '../../src/epoch/index.ts'
import { referenceAbsorbing, referenceWalk } from '../fixed/reference.ts'
import {
  AGENTS,
  agentOf,
  bought,
  evidence,
  FRAME,
  lost,
  OTHER_FRAME,
  PARAMETERS,
  rated,
  withFacts,
} from './world.ts'

const UNIT = 1_000_000_000n

function scored(
  log: Parameters<typeof foldEpoch>[0]['evidence'],
  anchors: readonly number[] = [0],
): EpochInput {
  const folded = foldEpoch({ epoch: 3, before: undefined, evidence: log, parameters: PARAMETERS })
  return withFacts(folded, (place) => ({ prior: anchors.includes(place) ? 1n : 0n }))
}

describe('standing (AIN-093)', () => {
  const parameters = { ...PARAMETERS, stakeMin: 10n * UNIT, stakeCap: 1_000n * UNIT }

  it('worked example: 0.95, 0.8, upheld 0.02, n = 20, S = 505 give 0.7148', () => {
    const stake = stakeShare(505n * UNIT, parameters)
    expect(stake).toBe(500_000)
    expect(
      standingOf({ success: 950_000, latency: 800_000, disputes: 980_000, experience: 800_000, stake }),
    ).toBe(714_800)
  })

  it('a new agent has 0 without stake, and 0.05 with 505', () => {
    const fresh = { success: 0, latency: 0, disputes: 1_000_000, experience: 0 }
    expect(standingOf({ ...fresh, stake: 0 })).toBe(0)
    expect(standingOf({ ...fresh, stake: 500_000 })).toBe(50_000)
  })

  it('splitting a stake loses stakeMin per identity: 100 whole 90, in four 60 (AIN-101)', () => {
    const wide = { ...PARAMETERS, stakeMin: 10n, stakeCap: 1_000_010n }
    expect([stakeShare(100n, wide), 4 * stakeShare(25n, wide)]).toEqual([90, 60])
    void fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 6n }), fc.integer({ min: 2, max: 10 }), (stake, parts) => {
        expect(parts * stakeShare(stake / BigInt(parts), wide)).toBeLessThanOrEqual(stakeShare(stake, wide))
      }),
    )
  })
})

describe('conduct', () => {
  it('comes from what was settled, lost and attested', () => {
    const input = scored([
      bought(1, 2, 600_000),
      bought(1, 3, 1_000_000),
      lost(1, 3),
      rated(1, 2, 1, 1_000_000, 20),
      rated(1, 3, 1, 0, 80),
      rated(2, 1, 1, 0, 50),
    ])
    const at = new Map(
      computeEpoch(FRAME, input, PARAMETERS).vectors.map((vector, i) => [input.nodes[i]?.address, vector]),
    )
    expect(at.get(AGENTS[2] as never)).toMatchObject({
      success: 1_000_000,
      latency: 1_000_000,
      disputes: 1_000_000,
      experience: 107_142,
    })
    expect(at.get(AGENTS[1] as never)).toMatchObject({ latency: 500_000, experience: 242_424 })
    // One of two tasks lost; the weights of both are the cap.
    expect(at.get(AGENTS[3] as never)).toMatchObject({ success: 500_000, latency: 0, disputes: 500_000 })
  })

  it('equal response times share their places, one alone is the fastest', () => {
    const latencies = (log: Parameters<typeof scored>[0]) =>
      computeEpoch(FRAME, scored(log), PARAMETERS).vectors.map(({ latency }) => latency)
    expect(latencies([rated(0, 1, 1, 0, 9)])).toEqual([0, 1_000_000])
    expect(latencies([rated(0, 1, 1, 0, 9), rated(0, 2, 1, 0, 9), rated(0, 3, 1, 0, 9)])).toEqual([
      0, 500_000, 500_000, 500_000,
    ])
  })
})

interface Arc {
  readonly from: number
  readonly to: number
  readonly weight: bigint
}

/** Both ways between those who have bought from each other, the lesser weight. */
function mutual(edges: readonly Arc[]): Arc[] {
  return edges.flatMap(({ from, to, weight }) => {
    const back = edges.find((other) => other.from === to && other.to === from)
    return back === undefined ? [] : [{ from, to, weight: weight < back.weight ? weight : back.weight }]
  })
}

describe('the graph', () => {
  it('buying ties nobody to whom he bought from: only those who are bought from are vouched for', () => {
    const honest = [bought(0, 1, 9_000), bought(1, 2, 9_000), bought(2, 0, 9_000), bought(1, 0, 9_000)]
    // Agent 9 pays an anchor and everybody else; nobody ever paid him.
    const shopping = [0, 1, 2].map((to) => bought(9, to, 1_000_000))
    const input = scored([...honest, ...shopping])
    const { tree } = computeEpoch(FRAME, input, PARAMETERS)
    expect(tree.scoreOf(AGENTS[9] as Address)).toMatchObject({ eigenTrust: 0, sybilRank: 0, absorbing: 0 })
    expect(tree.scoreOf(AGENTS[1] as Address)?.absorbing).toBeGreaterThan(800_000)
    expect(tree.scoreOf(AGENTS[1] as Address)?.sybilRank).toBeGreaterThan(0)
  })

  it('strangers who buy from an agent by the dozen lower nothing of it', () => {
    const honest = [bought(0, 1, 9_000), bought(1, 0, 9_000)]
    const crowd = [8, 9, 10, 11, 12, 13].map((from) => bought(from, 1, 1_000_000))
    const scoreIn = (log: Parameters<typeof scored>[0]) =>
      computeEpoch(FRAME, scored(log), PARAMETERS).tree.scoreOf(AGENTS[1] as Address)
    const alone = scoreIn(honest)
    const { eigenTrust, sybilRank, absorbing } = scoreIn([...honest, ...crowd]) ?? {}
    expect({ eigenTrust, sybilRank, absorbing }).toEqual({
      eigenTrust: alone?.eigenTrust,
      sybilRank: alone?.sybilRank,
      absorbing: alone?.absorbing,
    })
  })

  it('is, digit by digit, what big integers give', () => {
    void fc.assert(
      fc.property(fc.array(evidence, { maxLength: 60 }), (log) => {
        const input = scored(log, [0, 3, 11])
        const { vectors } = computeEpoch(FRAME, input, PARAMETERS)
        const size = input.nodes.length
        const prior = input.nodes.map((node) => node.prior)
        const trust = netTrustOf(input, PARAMETERS)
        const edges = input.nodes.flatMap((_, from) =>
          Array.from(
            { length: (trust.offsets[from + 1] as number) - (trust.offsets[from] as number) },
            (_, k) => {
              const place = (trust.offsets[from] as number) + k
              return {
                from,
                to: trust.columns[place] as number,
                weight: BigInt(trust.weights[place] as number),
              }
            },
          ),
        )
        const squash = (part: bigint, whole: bigint): number =>
          part === 0n ? 0 : Number((part * 1_000_000n) / (part + whole))
        const { mass } = referenceWalk(size, edges, prior, 850_000n, 100)
        // The largest n of agents that hold a tenth of 1/n each, tried one after the other.
        const counted = mass
          .map((_, i) => BigInt(i + 1))
          .filter((n) => BigInt(mass.filter((amount) => 10n * n * amount >= 2n ** 44n).length) >= n)
          .reduce((most, n) => (n > most ? n : most), 0n)
        const both = mutual(edges)
        const walk = referenceWalk(size, both, prior, 1_000_000n, Math.ceil(Math.log2(Math.max(2, size))))
        const held = walk.mass.map((amount, node) => amount + (walk.before[node] as bigint))
        const degree = (node: number): bigint =>
          both.filter(({ from }) => from === node).reduce((d, { weight }) => d + weight, 0n)
        const volume = held.reduce((sum, amount, node) => (amount > 0n ? sum + degree(node) : sum), 0n)
        // Backwards along the trust that arrives: what each giver holds times the part that it hands on.
        const given = (from: number): bigint =>
          edges.reduce((sum, edge) => (edge.from === from ? sum + edge.weight : sum), 0n)
        const arriving = edges
          .map(({ from, to, weight }) => ({
            from: to,
            to: from,
            weight: ((mass[from] as bigint) * ((2n ** 30n * weight) / given(from))) / 2n ** 30n,
          }))
          .filter(({ weight }) => weight > 0n)
        const absorbed = referenceAbsorbing(size, arriving, prior, 850_000n, 100)
        for (const [node, vector] of vectors.entries())
          expect(vector).toMatchObject({
            eigenTrust: squash(counted * (mass[node] as bigint), 2n ** 44n),
            sybilRank:
              degree(node) === 0n ? 0 : squash((held[node] as bigint) * volume, 2n ** 45n * degree(node)),
            absorbing: Number(((absorbed[node] as bigint) * 1_000_000n) / 2n ** 44n),
          })
      }),
      { numRuns: 60 },
    )
  })

  it('a ring that trades with itself for ever has no trust, and lowers nobody else’s', () => {
    const honest = [bought(0, 1, 5_000), bought(1, 2, 5_000), bought(2, 0, 5_000)]
    const ring = [5, 6, 7, 8, 9].flatMap((from) =>
      [5, 6, 7, 8, 9].filter((to) => to !== from).map((to) => bought(from, to, 1_000_000)),
    )
    const alone = computeEpoch(FRAME, scored(honest), PARAMETERS).vectors
    const input = scored([...honest, ...ring])
    const { vectors } = computeEpoch(FRAME, input, PARAMETERS)
    expect(vectors.slice(0, 3).map(({ eigenTrust }) => eigenTrust)).toEqual(
      alone.map(({ eigenTrust }) => eigenTrust),
    )
    for (const { eigenTrust, sybilRank, absorbing } of vectors.slice(3))
      expect([eigenTrust, sybilRank, absorbing]).toEqual([0, 0, 0])
  })

  it('handing a crumb of trust on to identities of one’s own raises nobody: the mean is not theirs to lower', () => {
    const between = (from: Address, to: Address, weight: number): Evidence => ({
      ...bought(0, 1, weight),
      from,
      to,
    })
    const honest = Array.from({ length: 20 }, (_, i) => bought(i, (i + 1) % 20, 100_000))
    const attacker = agentOf(1_000)
    const scoresWith = (own: number): number[] => {
      const log = [
        ...honest,
        between(AGENTS[7] as Address, attacker, 1_000),
        ...Array.from({ length: own }, (_, i) => between(attacker, agentOf(2_000 + i), 1_000)),
      ]
      const folded = foldEpoch({ epoch: 3, before: undefined, evidence: log, parameters: PARAMETERS })
      const nodes = folded.nodes.map((node) => ({
        ...node,
        prior: equalBytes(node.address, AGENTS[0] as Address) ? 1n : 0n,
      }))
      const { tree } = computeEpoch(FRAME, { ...folded, nodes }, PARAMETERS)
      return [attacker, AGENTS[7] as Address, AGENTS[19] as Address].map(
        (of) => tree.scoreOf(of)?.eigenTrust as number,
      )
    }
    const alone = scoresWith(0)
    expect(alone[0]).toBeGreaterThan(0)
    for (const own of [10, 100, 2_000])
      for (const [i, score] of scoresWith(own).entries())
        expect(Math.abs(score - (alone[i] as number)) / (alone[i] as number)).toBeLessThan(0.06)
  })

  it('without anchors nobody is trusted', () => {
    for (const { eigenTrust, sybilRank, absorbing } of computeEpoch(
      FRAME,
      scored([bought(0, 1, 9), bought(1, 0, 9)], []),
      PARAMETERS,
    ).vectors)
      expect([eigenTrust, sybilRank, absorbing]).toEqual([0, 0, 0])
  })

  it('distrust stays between two: it takes the edge away and nothing else', () => {
    const loved = scored([bought(0, 1, 1_000), bought(0, 2, 1_000), rated(0, 1, 1_000, 0)])
    const [anchor, slandered, other] = computeEpoch(FRAME, loved, PARAMETERS).vectors
    expect(slandered?.eigenTrust).toBe(0)
    expect(slandered?.success).toBe(1_000_000)
    expect(other?.eigenTrust).toBeGreaterThan(0)
    expect(anchor?.eigenTrust).toBeGreaterThan(0)
  })
})

describe('the root', () => {
  const input = scored([bought(0, 1, 5_000), bought(1, 2, 5_000), rated(1, 2, 100, 900_000, 12)])

  it('changes with input, epoch, parameters’ effect and frame, and with nothing else', () => {
    const root = computeEpoch(FRAME, input, PARAMETERS).root
    expect(computeEpoch(FRAME, structuredClone(input) as EpochInput, PARAMETERS).root).toEqual(root)
    expect(computeEpoch(OTHER_FRAME, input, PARAMETERS).root).not.toEqual(root)
    expect(computeEpoch(FRAME, { ...input, epoch: 4 }, PARAMETERS).root).not.toEqual(root)
  })

  it('every parameter is in the digest of the parameters', () => {
    const digest = Buffer.from(parametersDigest(PARAMETERS)).toString('hex')
    for (const change of [
      { pairCap: 2n },
      { supportHalfLife: 91 },
      { recordHalfLife: 31 },
      { stakeMin: 11n },
      { stakeCap: 1_001n },
    ])
      expect(Buffer.from(parametersDigest({ ...PARAMETERS, ...change })).toString('hex')).not.toBe(digest)
  })
})

describe('proofs', () => {
  const treeOf = (count: number): ScoreTree => {
    const zeros = Object.fromEntries(TRUST_DIMENSIONS.map((name, i) => [name, i + 1])) as never
    return new ScoreTree(
      FRAME,
      3,
      AGENTS.slice(0, count),
      AGENTS.slice(0, count).map(() => zeros),
    )
  }
  const publishedBy = (tree: ScoreTree) => ({ frame: FRAME, epoch: 3n, root: tree.root, count: tree.count })
  const proofOf = (tree: ScoreTree, subject: (typeof AGENTS)[number]): Uint8Array =>
    encode(scoreProof, tree.prove(subject))
  const invalid = expect.objectContaining({ code: 'SCORE_PROOF_INVALID' })

  it.each([0, 1, 2, 3, 7, 8, 19])(
    'of %i agents show each its score, and everybody else that there is none',
    (count) => {
      const tree = treeOf(count)
      for (const [i, subject] of AGENTS.entries()) {
        const proven = verifyScoreProof(publishedBy(tree), subject, proofOf(tree, subject))
        if (i < count) expect(proven).toEqual(tree.scoreOf(subject))
        else expect(proven).toBeUndefined()
      }
      for (let i = 0; i < 50; i++)
        expect(
          verifyScoreProof(publishedBy(tree), agentOf(100 + i), proofOf(tree, agentOf(100 + i))),
        ).toBeUndefined()
    },
  )

  it('a proof with any byte changed, cut or appended is refused', () => {
    const tree = treeOf(7)
    for (const subject of [AGENTS[2], agentOf(101)] as never[]) {
      const proof = proofOf(tree, subject)
      for (let at = 0; at < proof.length; at++) {
        const wrong = proof.slice()
        wrong[at] = (wrong[at] as number) ^ 1
        expect(() => verifyScoreProof(publishedBy(tree), subject, wrong)).toThrow(invalid)
      }
      for (const wrong of [
        proof.subarray(1),
        proof.subarray(0, -1),
        Uint8Array.of(...proof, 0),
        new Uint8Array(4_096),
      ])
        expect(() => verifyScoreProof(publishedBy(tree), subject, wrong)).toThrow(invalid)
    }
  })

  it('is of one frame, one epoch, one root and one number of agents', () => {
    const tree = treeOf(7)
    const subject = AGENTS[6] as never
    const proof = proofOf(tree, subject)
    const published = publishedBy(tree)
    for (const wrong of [
      { ...published, frame: OTHER_FRAME },
      { ...published, epoch: 4n },
      { ...published, root: treeOf(6).root },
      { ...published, count: 6 },
      { ...published, count: 15 },
    ])
      expect(() => verifyScoreProof(wrong, subject, proof)).toThrow(invalid)
  })

  it('another agent’s score proves nothing, and neighbours must be neighbours', () => {
    const tree = treeOf(7)
    const published = publishedBy(tree)
    const at = (index: number) => (tree.prove(AGENTS[index] as never).entries[0] ?? {}) as never
    const bytes = (...entries: never[]): Uint8Array => encode(scoreProof, { entries })
    const hidden = AGENTS[3] as never
    for (const lie of [
      bytes(),
      bytes(at(2)),
      bytes(at(4)),
      bytes(at(2), at(4)),
      bytes(at(3), at(4)),
      bytes(at(2), at(3)),
      bytes(at(4), at(2)),
      bytes(at(6)),
    ])
      expect(() => verifyScoreProof(published, hidden, lie)).toThrow(invalid)
  })

  it('names a score outside its range nowhere: such a proof does not decode', () => {
    const tree = treeOf(2)
    const { entries } = tree.prove(AGENTS[0] as never)
    const raised = { ...(entries[0] as { score: Score }).score, standing: 1_000_001 }
    expect(() =>
      encode(scoreProof, { entries: [{ ...(entries[0] as never as object), score: raised } as never] }),
    ).toThrow()
  })
})
