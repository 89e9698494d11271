/** Text for a person, which may quote an address: user, password and query of URLs are left out. */
export function redactText<T extends string | null>(text: T): T | string {
  if (text === null) return text
  return text
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1')
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/[^\s?#]*)[?#][^\s"']*/gi, '$1')
    .slice(0, 2000)
}
