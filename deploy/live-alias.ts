/** What of the Serverless Framework this plugin touches. */
interface PackagedFunction {
  targetAlias?: { readonly name: string; readonly logicalId: string };
  readonly versionLogicalId?: string;
}

interface Framework {
  readonly service: {
    getAllFunctions(): string[];
    getFunction(key: string): PackagedFunction;
    readonly provider: { readonly compiledCloudFormationTemplate: { readonly Resources: Record<string, unknown> } };
  };
  getProvider(name: 'aws'): { readonly naming: { getLambdaLogicalId(key: string): string; getNormalizedFunctionName(key: string): string } };
}

const ALIAS = 'live';

/**
 * Gives every function an alias `live` (`NextHopLiveAlias`) on the version that the framework publishes, and lets the
 * function's events call it. The framework makes aliases only for provisioned concurrency and SnapStart; it honours
 * `targetAlias` wherever a function is called from, so naming it before events are compiled is all that is needed.
 */
export default class LiveAlias {
  readonly hooks: Readonly<Record<string, () => void>>;

  constructor(framework: Framework) {
    this.hooks = {
      'before:package:compileFunctions': () => nameAliases(framework),
      'after:package:compileFunctions': () => addAliases(framework),
    };
  }
}

function nameAliases(framework: Framework): void {
  const { naming } = framework.getProvider('aws');
  for (const key of framework.service.getAllFunctions()) {
    framework.service.getFunction(key).targetAlias = { name: ALIAS, logicalId: `${naming.getNormalizedFunctionName(key)}LiveAlias` };
  }
}

function addAliases(framework: Framework): void {
  const { naming } = framework.getProvider('aws');
  const { Resources } = framework.service.provider.compiledCloudFormationTemplate;
  for (const key of framework.service.getAllFunctions()) {
    const { targetAlias, versionLogicalId } = framework.service.getFunction(key);
    if (targetAlias === undefined || versionLogicalId === undefined) throw new Error(`function ${key} has no published version for its alias ${ALIAS}`);
    Resources[targetAlias.logicalId] = {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        FunctionName: { Ref: naming.getLambdaLogicalId(key) },
        FunctionVersion: { 'Fn::GetAtt': [versionLogicalId, 'Version'] },
        Name: ALIAS,
      },
    };
  }
}
