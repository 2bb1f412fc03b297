/** Disjoint sets over 0 … n−1, with path halving and union by size: effectively O(1) per operation. */
export class UnionFind {
  readonly #parent: Int32Array
  readonly #size: Int32Array

  constructor(count: number) {
    this.#parent = Int32Array.from({ length: count }, (_, i) => i)
    this.#size = new Int32Array(count).fill(1)
  }

  find(of: number): number {
    const parent = this.#parent
    let at = of
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] as number] as number
      at = parent[at] as number
    }
    return at
  }

  union(a: number, b: number): void {
    let large = this.find(a)
    let small = this.find(b)
    if (large === small) return
    if ((this.#size[large] as number) < (this.#size[small] as number)) [large, small] = [small, large]
    this.#parent[small] = large
    this.#size[large] = (this.#size[large] as number) + (this.#size[small] as number)
  }
}
