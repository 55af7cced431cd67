import { DescribeInstancesCommand, type EC2Client, type Filter, type Instance } from '@aws-sdk/client-ec2';

const PAGE_SIZE = 1000;
const PAGES_MAX = 10;

/** Instances that exist and count against quotas: those on their way up, and those that run. */
const LIVING: Filter = { Name: 'instance-state-name', Values: ['pending', 'running'] };

export const INSTANCE_ACTIONS = ['ec2:DescribeInstances'];

/** The instances that run and pass the filters, every page. Throws past 10,000: half a count would be read as all of it. */
export async function readInstances(client: EC2Client, filters: readonly Filter[]): Promise<Instance[]> {
  const found: Instance[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await client.send(new DescribeInstancesCommand({ Filters: [LIVING, ...filters], MaxResults: PAGE_SIZE, ...(NextToken === undefined ? {} : { NextToken }) }));
    found.push(...(answer.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []));
    NextToken = answer.NextToken;
    if (NextToken === undefined || NextToken === '') return found;
  }
  throw new Error(`More than ${PAGES_MAX * PAGE_SIZE} instances run here; they are not counted further.`);
}
