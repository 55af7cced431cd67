import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kubeProxyModeOf } from '../../domain/kube-proxy-mode.ts';

describe('kubeProxyModeOf', () => {
  it('reads the mode of JSON and of YAML', () => {
    for (const values of ['{"mode":"ipvs","ipvs":{"scheduler":"rr"}}', 'mode: ipvs\nipvs:\n  scheduler: rr\n', 'ipvs:\n  scheduler: rr\n"mode": "ipvs" # as before\n', 'mode: IPVS']) assert.equal(kubeProxyModeOf(values), 'ipvs', values);
    assert.equal(kubeProxyModeOf('{"mode":"iptables"}'), 'iptables');
    assert.equal(kubeProxyModeOf('mode: nftables'), 'nftables');
  });

  it('says that it is not told where no mode stands, or only that of something else', () => {
    for (const values of [undefined, '', '{}', 'null', '[]', '{"mode":7}', '{"mode":"userspace"}', 'resources:\n  mode: ipvs\n', 'model: ipvs', '{"ipvs":{"mode":"ipvs"}}', '# mode: ipvs']) assert.equal(kubeProxyModeOf(values), 'not-told', String(values));
  });
});
