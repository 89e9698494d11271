import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const tenYearsMs = 10 * 365 * 24 * 3600 * 1000

x509.cryptoProvider.set(webcrypto as unknown as Crypto)

/** A certificate and its private key (PKCS#8), both PEM. */
interface KeyPair {
  readonly certificate: string
  readonly key: string
}

/** What a certificate is to say. */
interface Subject {
  readonly commonName: string
  /** Kubernetes reads these as groups. */
  readonly organizations?: readonly string[]
  readonly dnsNames?: readonly string[]
  readonly ips?: readonly string[]
}

/** A certificate authority that can issue certificates and authorities below it. */
export interface Authority extends KeyPair {
  /** A certificate for servers and clients. */
  issue(subject: Subject): Promise<KeyPair>
  /** An authority signed by this one, such as one cluster's under a shared root. */
  issueAuthority(commonName: string): Promise<Authority>
}

/** A new self-signed authority, as every cluster and every mesh has its own. */
export async function createAuthority(
  commonName: string,
  organization?: string,
): Promise<Authority> {
  const keys = await generate()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...common(
      name({ commonName, organizations: organization === undefined ? [] : [organization] }),
    ),
    keys,
    extensions: authorityExtensions(),
  })
  return authority(certificate, keys)
}

async function authority(
  certificate: x509.X509Certificate,
  keys: CryptoKeyPair,
): Promise<Authority> {
  const sign = async (
    subject: x509.JsonName,
    publicKey: CryptoKey,
    extensions: x509.Extension[],
  ): Promise<x509.X509Certificate> =>
    x509.X509CertificateGenerator.create({
      ...common(subject),
      issuer: certificate.subject,
      publicKey,
      signingKey: keys.privateKey,
      extensions: [
        ...extensions,
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
      ],
    })
  return {
    certificate: certificate.toString('pem'),
    key: await keyPem(keys),
    async issue(subject) {
      const own = await generate()
      const issued = await sign(name(subject), own.publicKey, [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
          x509.ExtendedKeyUsage.clientAuth,
        ]),
        ...alternativeNames(subject),
      ])
      return { certificate: issued.toString('pem'), key: await keyPem(own) }
    },
    async issueAuthority(commonName) {
      const own = await generate()
      return authority(await sign(name({ commonName }), own.publicKey, authorityExtensions()), own)
    },
  }
}

function alternativeNames({ dnsNames = [], ips = [] }: Subject): x509.Extension[] {
  const names = [
    ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...ips.map((value) => ({ type: 'ip' as const, value })),
  ]
  return names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]
}

function authorityExtensions(): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(
      x509.KeyUsageFlags.keyCertSign |
        x509.KeyUsageFlags.cRLSign |
        x509.KeyUsageFlags.digitalSignature,
      true,
    ),
  ]
}

function name({ commonName, organizations = [] }: Subject): x509.JsonName {
  return [...organizations.map((O) => ({ O: [O] })), { CN: [commonName] }]
}

function common(subject: x509.JsonName) {
  // An hour of slack for clocks that differ.
  const now = Date.now() - 3_600_000
  return {
    name: subject,
    subject,
    notBefore: new Date(now),
    notAfter: new Date(now + tenYearsMs),
    signingAlgorithm: algorithm,
  }
}

async function generate(): Promise<CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
}

async function keyPem(keys: CryptoKeyPair): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return x509.PemConverter.encode(der, 'PRIVATE KEY')
}
