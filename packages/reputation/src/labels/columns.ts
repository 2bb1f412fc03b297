import type { FeatureMatrix } from '../features/matrix.ts'

/** Collects named columns of equal length into a matrix. */
export class Columns {
  readonly #rows: number
  readonly #columns = new Map<string, Float64Array>()

  constructor(rows: number) {
    this.#rows = rows
  }

  /** Answers the column, for those that are built from it. */
  add(name: string, column: Float64Array): Float64Array {
    this.#columns.set(name, column)
    return column
  }

  each(name: string, value: (node: number) => number): Float64Array {
    const column = new Float64Array(this.#rows)
    for (let node = 0; node < this.#rows; node++) column[node] = value(node)
    return this.add(name, column)
  }

  matrix(): FeatureMatrix {
    return { names: [...this.#columns.keys()], rows: this.#rows, columns: [...this.#columns.values()] }
  }
}

/** The columns of several matrices of the same rows side by side, not copied. */
export function beside(...parts: readonly FeatureMatrix[]): FeatureMatrix {
  return {
    names: parts.flatMap(({ names }) => names),
    rows: parts[0]!.rows,
    columns: parts.flatMap(({ columns }) => columns),
  }
}

/** Some rows of a matrix, in the order given. */
export function rowsOf({ names, columns }: FeatureMatrix, rows: Int32Array): FeatureMatrix {
  return {
    names,
    rows: rows.length,
    columns: columns.map((column) => Float64Array.from(rows, (row) => column[row]!)),
  }
}
