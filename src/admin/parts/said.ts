/** What Klaviyo means: its answers hold it in a frame of JSON, of which the end may be cut off. */
export function saidIn(text: string): string {
  const details = [...text.matchAll(/"detail":\s*("(?:[^"\\]|\\.)*")/gu)]
  if (details.length === 0) return text
  return details.map(([, detail = '""']) => String(JSON.parse(detail))).join(' ')
}
