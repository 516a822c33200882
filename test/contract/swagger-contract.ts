import { readFile } from 'node:fs/promises';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { z } from 'zod';

/** One request and its answer, as they went over the wire. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly requestBody: string | undefined;
  readonly status: number;
  readonly responseBody: string;
}

export interface Contract {
  /** Operation of an exchange, such as `GET /user`, and everything that breaks the contract. */
  check(exchange: Exchange): { readonly operation: string | undefined; readonly breaches: readonly string[] };
}

export interface ContractOptions {
  /** Fields that we rely on, by definition: the contract of Gitea itself requires nearly none. */
  readonly required: Readonly<Record<string, readonly string[]>>;
  /** Texts that come as `null` though the contract does not say so, by definition. */
  readonly nullable: Readonly<Record<string, readonly string[]>>;
  /** Texts that are sent though the contract does not know them, by definition. */
  readonly undeclared: Readonly<Record<string, readonly string[]>>;
  /** Error statuses that the server is known to answer though the contract does not declare them. */
  readonly tolerated: readonly number[];
}

/**
 * Reads a swagger 2.0 file into something that judges exchanges. Stricter than the file in
 * one point: fields that it does not know are breaches. More lenient in another: Go's nil
 * comes out as `null` for arrays, objects and times.
 */
export async function readContract(file: string, options: ContractOptions): Promise<Contract> {
  const swagger = swaggerSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const definitions = Object.entries(swagger.definitions).map(([name, definition]) => [
    name,
    { ...deviating(strict(definition), name, options), required: options.required[name] ?? [] },
  ]);
  ajv.addSchema({ $id: 'contract', definitions: Object.fromEntries(definitions) });
  const compiled = new Map<string, ValidateFunction>();
  const validator = (schema: unknown): ValidateFunction => {
    const key = JSON.stringify(schema);
    const known = compiled.get(key) ?? ajv.compile(pointed(strict(schema)));
    compiled.set(key, known);
    return known;
  };
  return {
    check(exchange) {
      const url = new URL(exchange.url);
      const path = url.pathname.replace(new RegExp(`^.*?${swagger.basePath}`), '');
      const found = operationOf(swagger, exchange.method, path);
      if (found === undefined) return { operation: undefined, breaches: [`no ${exchange.method} ${path}`] };
      const { template, operation } = found;
      const breaches = [
        ...queryBreaches(operation, url.searchParams, validator),
        ...requestBreaches(operation, exchange.requestBody, validator),
        ...responseBreaches(swagger, operation, exchange, options.tolerated, validator),
      ];
      const name = `${exchange.method} ${template}`;
      return { operation: name, breaches: breaches.map((breach) => `${name}: ${breach}`) };
    },
  };
}

type Swagger = z.infer<typeof swaggerSchema>;
type Operation = z.infer<typeof operationSchema>;
type Validator = (schema: unknown) => ValidateFunction;

/** Of several templates that fit, the one with the fewest parameters is meant. */
function operationOf(swagger: Swagger, method: string, path: string) {
  const fitting = Object.entries(swagger.paths)
    .filter(([template]) => templatePattern(template).test(path))
    .toSorted(([one], [other]) => one.split('{').length - other.split('{').length);
  for (const [template, operations] of fitting) {
    const operation = operationSchema.safeParse(operations[method.toLowerCase()]);
    if (operation.success) return { template, operation: operation.data };
  }
  return undefined;
}

function templatePattern(template: string): RegExp {
  const escaped = template.split(/\{[^}]*\}/).map((part) => part.replaceAll('.', '\\.'));
  return new RegExp(`^${escaped.join('[^/]+')}$`);
}

function queryBreaches(operation: Operation, query: URLSearchParams, validator: Validator): string[] {
  const declared = new Map(
    operation.parameters.filter(({ in: place }) => place === 'query').map((item) => [item.name, item]),
  );
  return [...query].flatMap(([name, text]) => {
    const parameter = declared.get(name);
    if (parameter === undefined) return [`query parameter ${name} is not declared`];
    const { type, format } = parameter;
    const value = type === 'integer' && /^-?\d+$/.test(text) ? Number(text) : text;
    return errorsOf(validator({ type, format }), value, `query parameter ${name}`);
  });
}

function requestBreaches(operation: Operation, body: string | undefined, validator: Validator): string[] {
  const parameter = operation.parameters.find(({ in: place }) => place === 'body');
  if (parameter === undefined) return body === undefined ? [] : ['the request has a body and needs none'];
  if (body === undefined) return ['the request has no body'];
  return errorsOf(validator(parameter.schema), jsonOf(body), 'request');
}

function responseBreaches(
  swagger: Swagger,
  operation: Operation,
  { status, responseBody }: Exchange,
  tolerated: readonly number[],
  validator: Validator,
): string[] {
  const declared = operation.responses[String(status)];
  if (declared === undefined) {
    if (!tolerated.includes(status)) return [`status ${status} is not declared`];
    return status < 400 ? [] : errorBreaches(responseBody);
  }
  const name = declared.$ref?.replace('#/responses/', '');
  const response = name === undefined ? declared : swagger.responses[name];
  if (response?.schema !== undefined) {
    return errorsOf(validator(response.schema), jsonOf(responseBody), `answer ${status}`);
  }
  if (status >= 400) return errorBreaches(responseBody);
  return responseBody === '' ? [] : [`answer ${status} has a body and is to have none`];
}

/** `{message, url}`, or nothing at all. */
function errorBreaches(body: string): string[] {
  if (body === '') return [];
  const shape = z.object({ message: z.string(), url: z.string() });
  return shape.safeParse(jsonOf(body)).success ? [] : [`this is no error of the API: ${body}`];
}

/** What is no JSON stays a text, which no schema takes. */
function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function errorsOf(validate: ValidateFunction, value: unknown, what: string): string[] {
  if (validate(value)) return [];
  const errors = validate.errors ?? [];
  return errors.map(
    ({ instancePath, message, params }) =>
      `${what}${instancePath} ${message} ${'additionalProperty' in params ? params['additionalProperty'] : ''}`,
  );
}

/** Refuses unknown fields and lets `null` pass where Go has a pointer or a slice. */
function strict(schema: unknown): Record<string, unknown> {
  const copy = schemaNode.parse(schema);
  if (copy['$ref'] !== undefined) return { anyOf: [{ $ref: copy['$ref'] }, { type: 'null' }] };
  const properties = copy['properties'];
  if (properties !== undefined) {
    const inner = Object.entries(schemaNode.parse(properties)).map(([name, value]) => [name, strict(value)]);
    copy['properties'] = Object.fromEntries(inner);
    copy['additionalProperties'] = false;
  }
  if (copy['items'] !== undefined) copy['items'] = strict(copy['items']);
  if (copy['type'] === 'array') copy['type'] = ['array', 'null'];
  if (copy['type'] === 'string' && copy['format'] === 'date-time') copy['type'] = ['string', 'null'];
  return copy;
}

/** A definition as the server keeps it. */
function deviating(schema: Record<string, unknown>, name: string, options: ContractOptions) {
  const undeclared = (options.undeclared[name] ?? []).map((field) => [field, { type: 'string' }]);
  const nullable = (options.nullable[name] ?? []).map((field) => [field, { type: ['string', 'null'] }]);
  if (undeclared.length + nullable.length === 0) return schema;
  const properties = schemaNode.parse(schema['properties']);
  return { ...schema, properties: { ...properties, ...Object.fromEntries([...undeclared, ...nullable]) } };
}

/** References of a schema that stands outside the definitions. */
function pointed(schema: unknown): Record<string, unknown> {
  const text = JSON.stringify(schema).replaceAll('"#/definitions/', '"contract#/definitions/');
  return schemaNode.parse(JSON.parse(text));
}

const schemaNode = z.record(z.string(), z.unknown());

const parameterSchema = z.object({
  name: z.string(),
  in: z.string(),
  type: z.string().optional(),
  format: z.string().optional(),
  schema: z.unknown().optional(),
});

const responseSchema = z.object({ $ref: z.string().optional(), schema: z.unknown().optional() });

const operationSchema = z.object({
  parameters: z.array(parameterSchema).default([]),
  responses: z.record(z.string(), responseSchema),
});

const swaggerSchema = z.object({
  basePath: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  definitions: z.record(z.string(), z.unknown()),
  responses: z.record(z.string(), responseSchema),
});
