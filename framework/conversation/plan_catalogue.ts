/** What may be done with plans: the actions of GAgent's structured chat agent, all of them. */

import type { ActionCatalogue, ParameterSchema } from "./catalogue.ts";
import { ANCHOR_POSITIONS } from "./plan_tree.ts";

const TASK: ParameterSchema = { type: "id", required: true, description: "Id of the task." };
const DEPENDENCIES: ParameterSchema = {
  type: "list",
  items: "id",
  unordered: true,
  description: "Ids of the tasks that must be done before it.",
};
const INSTRUCTION: ParameterSchema = { type: "text", description: "What is to be done, in full." };
const METADATA: ParameterSchema = { type: "object", description: "Further facts by name." };

/** Actions on plans by name. */
export const PLAN_ACTIONS: ActionCatalogue = {
  create_plan: {
    kind: "plan_operation",
    description: "Create a new plan.",
    mutating: true,
    parameters: {
      title: { type: "string", required: true, description: "Title of the plan." },
      description: { type: "text", description: "What the plan is for." },
    },
  },
  list_plans: { kind: "plan_operation", description: "List the plans there are.", mutating: false, parameters: {} },
  execute_plan: {
    kind: "plan_operation",
    description: "Carry out the tasks of the plan.",
    mutating: true,
    parameters: { plan_id: { type: "id", description: "Id of the plan. Left out: the plan of the conversation." } },
  },
  delete_plan: {
    kind: "plan_operation",
    description: "Delete a plan with all its tasks.",
    mutating: true,
    parameters: { plan_id: { type: "id", required: true, description: "Id of the plan." } },
  },
  create_task: {
    kind: "task_operation",
    description: "Create one task. Its place: position, else an anchor, else the end of its siblings.",
    mutating: true,
    parameters: {
      name: { type: "string", required: true, description: "Name of the task." },
      parent_id: { type: "id", description: "Id of the task it is to be below. Left out: the top level." },
      instruction: INSTRUCTION,
      dependencies: { ...DEPENDENCIES, default: [] },
      metadata: { ...METADATA, default: {} },
      position: { type: "integer", description: "Place among its siblings, counted from 0." },
      anchor_task_id: { type: "id", description: "Id of the task that anchor_position speaks of." },
      anchor_position: {
        type: "string",
        enum: ANCHOR_POSITIONS,
        description: "Place beside or below the anchor task.",
      },
      insert_before: { type: "id", description: "Id of the sibling it is to stand before." },
      insert_after: { type: "id", description: "Id of the sibling it is to stand after." },
    },
  },
  update_task: {
    kind: "task_operation",
    description: "Change a task; what is left out stays as it is.",
    mutating: true,
    parameters: {
      task_id: TASK,
      name: { type: "string", description: "New name." },
      instruction: INSTRUCTION,
      dependencies: DEPENDENCIES,
      metadata: METADATA,
    },
  },
  update_task_instruction: {
    kind: "task_operation",
    description: "Replace the instruction of a task.",
    mutating: true,
    parameters: { task_id: TASK, instruction: { ...INSTRUCTION, required: true } },
  },
  move_task: {
    kind: "task_operation",
    description: "Move a task, with everything below it.",
    mutating: true,
    parameters: {
      task_id: TASK,
      new_parent_id: { type: "id", description: "Id of the task it is to be below. Left out: the top level." },
      new_position: {
        type: "integer",
        description: "Place among its new siblings, counted from 0. Left out: the end.",
      },
    },
  },
  delete_task: {
    kind: "task_operation",
    description: "Delete a task with everything below it.",
    mutating: true,
    parameters: { task_id: TASK },
  },
  show_tasks: {
    kind: "task_operation",
    description: "Show all tasks of the plan.",
    mutating: false,
    parameters: {},
  },
  query_status: {
    kind: "task_operation",
    description: "Say how many tasks have which status.",
    mutating: false,
    parameters: {},
  },
  rerun_task: {
    kind: "task_operation",
    description: "Carry out a task again.",
    mutating: true,
    parameters: { task_id: TASK },
  },
  decompose_task: {
    kind: "task_operation",
    description: "Break a task down into smaller ones.",
    mutating: true,
    parameters: {
      task_id: { type: "id", description: "Id of the task. Left out: the whole plan." },
      expand_depth: { type: "integer", description: "How many levels to add." },
      node_budget: { type: "integer", description: "How many tasks to add at most." },
      allow_existing_children: {
        type: "boolean",
        description: "Whether tasks that have children are broken down too.",
      },
      allow_web_search: { type: "boolean", description: "Whether the web may be searched for it." },
    },
  },
  request_subgraph: {
    kind: "context_request",
    description: "Show one task with what is below it. Give task_id or logical_id.",
    mutating: false,
    alone: true,
    parameters: {
      task_id: { type: "id", description: "Id of the task." },
      logical_id: { type: "id", description: "Another name for task_id." },
      max_depth: { type: "integer", default: 2, description: "How many levels below it." },
    },
  },
  help: { kind: "system_operation", description: "Say what can be done here.", mutating: false, parameters: {} },
  web_search: {
    kind: "tool_operation",
    description: "Search the web.",
    mutating: false,
    parameters: {
      query: { type: "text", required: true, description: "What to look for." },
      provider: { type: "string", description: "Search service to use." },
      max_results: { type: "integer", description: "How many results at most." },
    },
  },
  graph_rag: {
    kind: "tool_operation",
    description: "Ask the knowledge graph.",
    mutating: false,
    parameters: {
      query: { type: "text", required: true, description: "The question." },
      mode: { type: "string", description: "How to search." },
    },
  },
  springer_nature: {
    kind: "tool_operation",
    description: "Search the publications of Springer Nature.",
    mutating: false,
    parameters: {
      api: { type: "string", required: true, description: "Which of its interfaces: meta, openaccess." },
      q: { type: "text", required: true, description: "What to look for." },
    },
  },
};
