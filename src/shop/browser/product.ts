/** A product as the events tell it. */
export interface ProductData {
  readonly product_id: string
  readonly sku: string
  readonly name: string
  readonly price: number
  readonly currency: 'EUR'
  readonly categories: readonly string[]
}

/** With where it is to be seen. */
export function shown(
  product: ProductData,
): ProductData & { readonly url: string; readonly image_url: string } {
  const { product_id: id } = product
  return {
    ...product,
    url: `${location.origin}/product/${id}`,
    image_url: `${location.origin}/picture/${id}.svg`,
  }
}

/** As the try-on metrics name it. */
export function tried({ product_id: id, name }: ProductData): object {
  return {
    storeDomain: location.hostname,
    productId: id,
    productTitle: name,
    productUrl: `${location.origin}/product/${id}`,
    productImageUrl: `${location.origin}/picture/${id}.svg`,
  }
}
