/**
 * What the server's routes take and answer: generated from its OpenAPI document by scripts/reference/check-openapi.ts.
 */
export interface paths {
  "/api/v1/openapi.json": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** This document */
    get: operations["getOpenApi"]
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/api/v1/health": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Whether the server process lives */
    get: operations["getHealth"]
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  "/api/v1/ready": {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /** Whether its database and its store of bytes answer */
    get: operations["getReady"]
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export type webhooks = Record<string, never>
export interface components {
  schemas: {
    ProblemInput: {
      type: string
      title: string
      status: number
      code: string
      detail: string
      hint?: string
      details?: {
        [key: string]: unknown
      }
      instance?: string
    }
    Problem: {
      type: string
      title: string
      status: number
      code: string
      detail: string
      hint?: string
      details?: {
        [key: string]: unknown
      }
      instance?: string
    }
  }
  responses: never
  parameters: never
  requestBodies: never
  headers: never
  pathItems: never
}
export type $defs = Record<string, never>
export interface operations {
  getOpenApi: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Too many requests */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          "application/problem+json": components["schemas"]["Problem"]
        }
      }
      /** @description The server failed */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          "application/problem+json": components["schemas"]["Problem"]
        }
      }
      /** @description The database or the store does not answer */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          "application/problem+json": components["schemas"]["Problem"]
        }
      }
    }
  }
  getHealth: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Default Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          "application/json": {
            /** @enum {string} */
            status: "ok"
          }
        }
      }
      /** @description Too many requests */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          "application/problem+json": components["schemas"]["Problem"]
        }
      }
      /** @description The server failed */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          "application/problem+json": components["schemas"]["Problem"]
        }
      }
      /** @description The database or the store does not answer */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          "application/problem+json": components["schemas"]["Problem"]
        }
      }
    }
  }
  getReady: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Default Response */
      200: {
        headers: {
          [name: string]: unknown
        }
        content: {
          "application/json": {
            /** @enum {string} */
            status: "ready"
            /** @enum {string} */
            database: "sqlite" | "postgres"
          }
        }
      }
      /** @description Too many requests */
      429: {
        headers: {
          [name: string]: unknown
        }
        content: {
          "application/problem+json": components["schemas"]["Problem"]
        }
      }
      /** @description The server failed */
      500: {
        headers: {
          [name: string]: unknown
        }
        content: {
          "application/problem+json": components["schemas"]["Problem"]
        }
      }
      /** @description The database or the store does not answer */
      503: {
        headers: {
          [name: string]: unknown
        }
        content: {
          "application/problem+json": components["schemas"]["Problem"]
        }
      }
    }
  }
}
