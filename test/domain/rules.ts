import assert from 'node:assert/strict';
import { compareAddonVersions, isListed } from '../../domain/addon-versions.ts';
import type { ClusterFacts } from '../../domain/facts.ts';
import { compareMinors, minorOf, minorsBetween, nextMinor, previousMinor, type Minor } from '../../domain/minor.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { older, seenOf } from './worlds.ts';

/** The rules of Kubernetes and EKS as a step by step judge, apart from how plans are made. */

/** Nodes are never newer than the control plane, and behind it by three minors at most, by two up to 1.24: told here apart from `domain/skew.ts`. */
function fits(kubelet: Minor, controlPlane: Minor): boolean {
  const behind = minorsBetween(kubelet, controlPlane) ?? Infinity;
  return behind >= 0 && behind <= (compareMinors(kubelet, '1.24') <= 0 ? 2 : 3);
}

/** Judges one step of a plan that nothing blocks against the world that it is taken in, by the rules as Kubernetes and EKS state them. */
export function assertAllowed(facts: ClusterFacts, step: PlannedStep): void {
  const { version } = facts.cluster;
  switch (step.kind) {
    case 'upgrade-control-plane': {
      const to = step.to as Minor;
      assert.equal(to, nextMinor(version), 'one minor a hop');
      for (const group of facts.nodegroups) {
        if (group.version !== undefined && !older(version, group.version)) assert.ok(fits(group.version, to), `${group.nodegroupName} at ${group.version} under ${to}`);
      }
      for (const addon of facts.addons.filter((known) => known.addonName !== 'kube-proxy')) {
        assert.ok(isListed(addon.addonVersion, to, facts.addonCatalogue[addon.addonName] ?? []), `${addon.addonName} ${addon.addonVersion} is listed for ${to}`);
      }
      for (const group of seenOf(facts.readiness?.selfManagedGroups)) {
        for (const kubelet of group.kubelets) if (kubelet !== null && !older(version, kubelet)) assert.ok(fits(kubelet, to), `${group.groupName} at ${kubelet} under ${to}`);
      }
      const kubeProxy = minorOf(facts.addons.find((known) => known.addonName === 'kube-proxy')?.addonVersion ?? '');
      if (kubeProxy !== undefined && !older(version, kubeProxy)) assert.ok(fits(kubeProxy, to), `kube-proxy at ${kubeProxy} under ${to}`);
      return;
    }
    case 'upgrade-addon': {
      const addon = facts.addons.find((known) => known.addonName === step.subject);
      assert.equal(addon?.addonVersion, step.from);
      if (step.stage !== 'RollBackAddons') assert.ok(compareAddonVersions(step.to!, step.from!) > 0, 'an add-on moves forward');
      assert.ok(isListed(step.to!, version, facts.addonCatalogue[step.subject] ?? []), `${step.subject} ${step.to} is listed for ${version}`);
      if (step.subject === 'vpc-cni') assert.ok(Math.abs(minorsBetween(minorOf(step.from!)!, minorOf(step.to!)!)!) <= 1, 'the VPC CNI moves one minor at a time');
      if (step.subject === 'kube-proxy') {
        assert.ok(!older(version, minorOf(step.to!)!), 'kube-proxy is not newer than the API server');
        assert.notEqual(step.stage, 'PrepareAddons');
      }
      assert.deepEqual(step.parameters, { addonVersion: step.to, resolveConflicts: 'PRESERVE' });
      return;
    }
    case 'upgrade-nodegroup': {
      const group = facts.nodegroups.find((known) => known.nodegroupName === step.subject)!;
      const back = step.stage === 'RollBackNodegroups';
      assert.equal(step.to, back ? previousMinor(version) : version, 'a group rolls to the control plane\'s minor, or back to the one before');
      assert.ok(group.version !== undefined && (back ? older(step.to as Minor, group.version) : older(group.version, version)));
      assert.ok(!group.customAmi);
      assert.ok(!group.amiType.startsWith('AL2_') || compareMinors(step.to as Minor, '1.32') <= 0, 'no Amazon Linux 2 from 1.33 on');
      return;
    }
    case 'refresh-instances': {
      const group = seenOf(facts.readiness?.selfManagedGroups).find((known) => known.groupName === step.subject)!;
      const { launchTemplateId, launchTemplateVersion } = step.parameters as { launchTemplateId: string; launchTemplateVersion: string };
      const image = group.images.find((known) => known.version === launchTemplateVersion);
      assert.equal(launchTemplateId, group.launchTemplate?.id, 'a group keeps its launch template');
      assert.ok(image?.minor !== undefined && fits(image.minor, version), `an image of ${image?.minor} under ${version}`);
      if (step.stage === 'RollBackNodegroups') assert.ok(older(image.minor, version), 'back below the control plane');
      else assert.ok(group.kubelets.some((kubelet) => kubelet !== null && older(kubelet, image.minor!)), 'a group is refreshed forward');
      return;
    }
    case 'rollback-control-plane': {
      const to = step.to as Minor;
      assert.equal(to, previousMinor(version), 'one minor back');
      for (const group of facts.nodegroups) if (group.version !== undefined) assert.ok(compareMinors(group.version, to) <= 0, `${group.nodegroupName} at ${group.version} under ${to}`);
      for (const group of seenOf(facts.readiness?.selfManagedGroups)) for (const kubelet of group.kubelets) if (kubelet !== null) assert.ok(compareMinors(kubelet, to) <= 0, `${group.groupName} at ${kubelet} under ${to}`);
      for (const pool of seenOf(facts.readiness?.pooledNodes)) if (pool.kind === 'karpenter') for (const kubelet of pool.kubelets) if (kubelet !== null) assert.ok(compareMinors(kubelet, to) <= 0, `${pool.pool} at ${kubelet}`);
      for (const addon of facts.addons) assert.ok(isListed(addon.addonVersion, to, facts.addonCatalogue[addon.addonName] ?? []), `${addon.addonName} ${addon.addonVersion} is listed for ${to}`);
      const kubeProxy = minorOf(facts.addons.find((known) => known.addonName === 'kube-proxy')?.addonVersion ?? '');
      if (kubeProxy !== undefined) assert.ok(compareMinors(kubeProxy, to) <= 0, `kube-proxy at ${kubeProxy}`);
      return;
    }
    default:
      assert.fail(`a step ${step.kind}`);
  }
}
