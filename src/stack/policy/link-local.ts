/** Addresses of a node's own link, where clouds answer questions about it; also as IPv6 writes those of IPv4. */
const LINK_LOCAL = /^\[?(169\.254\.|fe80:|fd00:ec2:|(::|0:0:0:0:0:)ffff:(169\.254\.|a9fe:))/i;

export function isLinkLocal(address: string): boolean {
  return LINK_LOCAL.test(address);
}
