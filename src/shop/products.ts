/** What the shop sells: the same as in the recorded shopping day. */
export interface Product {
  readonly id: string
  readonly name: string
  readonly category: string
  /** EUR */
  readonly price: number
  readonly line: string
  readonly art: Art
  /** Two colours of the picture: of the thing, and behind it. */
  readonly colours: readonly [thing: string, ground: string]
}

export type Art = 'boot' | 'jacket' | 'shirt' | 'sock' | 'hat' | 'pack' | 'bottle' | 'stove'

export const products: readonly Product[] = [
  product(
    'boot-ridge',
    'Ridge Hiking Boot',
    'Shoes',
    149,
    'boot',
    '#7a4a2b',
    '#efe3d3',
    'Waxed leather, resoled for free.',
  ),
  product(
    'boot-fell',
    'Fell Trail Runner',
    'Shoes',
    119,
    'boot',
    '#2f6f73',
    '#dcecea',
    'For wet grass and sharp stones.',
  ),
  product(
    'jacket-squall',
    'Squall Rain Jacket',
    'Jackets',
    189,
    'jacket',
    '#d9a01e',
    '#f5ecd2',
    'Three layers, 310 g.',
  ),
  product(
    'jacket-ember',
    'Ember Down Jacket',
    'Jackets',
    229,
    'jacket',
    '#b4472f',
    '#f6e0d8',
    'Warm to −12 °C, packs into its pocket.',
  ),
  product(
    'fleece-moss',
    'Moss Fleece',
    'Midlayers',
    79.9,
    'shirt',
    '#5d7a45',
    '#e6ecdc',
    'Recycled, and soft for years.',
  ),
  product(
    'shirt-merino',
    'Merino Shirt',
    'Baselayers',
    64.5,
    'shirt',
    '#3b4f6b',
    '#dfe5ee',
    'Four days without washing.',
  ),
  product(
    'sock-crew',
    'Crew Sock',
    'Socks',
    14.95,
    'sock',
    '#a2405b',
    '#f5dfe5',
    'No seam at the toes.',
  ),
  product(
    'hat-drift',
    'Drift Beanie',
    'Hats',
    24,
    'hat',
    '#34495e',
    '#e0e6ea',
    'Lambswool, one size.',
  ),
  product(
    'pack-18',
    'Day Pack 18 l',
    'Packs',
    89,
    'pack',
    '#2f6b4f',
    '#dceae2',
    'Everything for a day.',
  ),
  product(
    'pack-45',
    'Trek Pack 45 l',
    'Packs',
    199,
    'pack',
    '#44546a',
    '#e2e6ec',
    'Carries 14 kg well.',
  ),
  product(
    'bottle-1',
    'Steel Bottle 1 l',
    'Gear',
    29.9,
    'bottle',
    '#5b7f95',
    '#e1ebf0',
    'Hot for twelve hours.',
  ),
  product(
    'stove-duo',
    'Duo Stove',
    'Gear',
    74,
    'stove',
    '#8a5a3c',
    '#f0e6dd',
    'Boils a litre in three minutes.',
  ),
]

export function productOf(id: string): Product | undefined {
  return products.find((one) => one.id === id)
}

/** Every word has to be in its name, category or line. */
export function found(query: string): readonly Product[] {
  const words = query
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '')
  return products.filter(({ name, category, line }) => {
    const text = `${name} ${category} ${line}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

function product(
  id: string,
  name: string,
  category: string,
  price: number,
  art: Art,
  thing: string,
  ground: string,
  line: string,
): Product {
  return { id, name, category, price, line, art, colours: [thing, ground] }
}
