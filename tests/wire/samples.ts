// Datagrams of the ancestor, as captured, and one of each of ours.
/** What nodes of the ancestor say to each other. */
export const ANCESTOR_SAMPLES: readonly string[] = [
  `prepare {"instance_number": 0, "proposal_id": [1, "A"]}`,
  `promise {"instance_number": 0, "proposal_id": [1, "A"], "last_accepted_id": null, "last_accepted_value": null}`,
  `promise {"instance_number": 3, "proposal_id": [1, "C"], "last_accepted_id": [1, "C"], "last_accepted_value": "[null, \\"h\\u00e9\\"]"}`,
  `nack {"instance_number": 3, "proposal_id": [1, "B"], "promised_proposal_id": [1, "C"]}`,
  `nack {"instance_number": 0, "proposal_id": [0, "A"], "promised_proposal_id": null}`,
  `accept {"instance_number": 0, "proposal_id": [1, "A"], "proposal_value": "v1"}`,
  `accept {"instance_number": 0, "proposal_id": [1, "B"], "proposal_value": "[\\"B\\", null]"}`,
  `accept {"instance_number": 1, "proposal_id": [1, "B"], "proposal_value": "[null, \\"v1\\"]"}`,
  `accepted {"instance_number": 1, "proposal_id": [1, "B"], "proposal_value": "[null, \\"v1\\"]"}`,
  `sync_request {"instance_number": 0}`,
  `catchup {"instance_number": 10, "current_value": "while-C-down-2"}`,
  `catchup {"instance_number": 1, "current_value": null}`,
];

/** What our nodes add. */
export const OWN_SAMPLES: readonly string[] = [
  `snapshot {"instance_number":9,"current_value":"x","value_instance":7,"sessions":[[1,"s",2,true,7]],"watermark":-1,"lease":null,"configuration_digest":"0a1b2c3d"}`,
  `hello {"format":1,"nodes":["A","B","C"],"mode":"plain","answer":false,"life":"0a1b","fresh":true}`,
  `hello {"format":1,"nodes":["A","B","C"],"mode":"master","lease_window_ms":2000,"answer":true,"life":"0a1b","fresh":false}`,
  `snapshot {"instance_number":2,"current_value":null,"value_instance":null,"sessions":[],"watermark":-1,"lease":"unknown","configuration_digest":"0a1b2c3d"}`,
  `snapshot {"instance_number":2,"current_value":null,"value_instance":null,"sessions":[],"watermark":-1,"lease":{"master":"A"},"configuration_digest":"0a1b2c3d"}`,
  `read_request {"read_number":5}`,
  `read_answer {"read_number":5,"instance_number":3,"accepted":true}`,
  `ping {"number":5}`,
  `pong {"number":5}`,
  `accepted {"instance_number":1,"proposal_id":[1,"B"]}`,
];

/** What clients and nodes say to each other. */
export const CLIENT_SAMPLES: readonly string[] = [
  `request {"format":1,"request_id":"r1","operation":"open"}`,
  `request {"format":1,"request_id":"r1","operation":"status"}`,
  `request {"format":1,"request_id":"r1","operation":"status","reach":true}`,
  `request {"format":1,"request_id":"r1","operation":"get","local":false,"timeout_ms":5000}`,
  `request {"format":1,"request_id":"r1","operation":"propose","life":"l1","value":"h\u00e9 \\"","timeout_ms":0}`,
  `request {"format":1,"request_id":"r1","operation":"propose","life":null,"value":"x","session":[3,"0a1b",2],"timeout_ms":0}`,
  `request {"format":1,"request_id":"r1","operation":"propose","life":null,"value":"x","session":[3,"0a1b",2],"expect":null,"timeout_ms":0}`,
  `request {"format":1,"request_id":"r1","operation":"propose","life":null,"value":"x","session":[3,"0a1b",2],"expect_instance":7,"timeout_ms":0}`,
  `request {"format":1,"request_id":"r1","operation":"watch","from":null,"timeout_ms":0}`,
  `request {"format":1,"request_id":"r1","operation":"watch","from":7,"timeout_ms":0}`,
  `request {"format":1,"request_id":"r1","operation":"explain","instance_number":7}`,
  `response {"format":1,"request_id":"r1","node":"A","result":"explained","instance_number":8,"record":null}`,
  `response {"format":1,"request_id":"r1","node":"A","result":"explained","instance_number":8,"record":{"instance_number":7,"proposal_id":[2,"B"],"value":"x","accepted_by":["A","B"],"promises":null,"promised_earlier":false}}`,
  `response {"format":1,"request_id":"r1","node":"A","result":"explained","instance_number":8,"record":{"instance_number":7,"proposal_id":[2,"A"],"value":"x","accepted_by":["A","B"],"promises":[["A",null],["C",[1,"C"]]],"promised_earlier":false}}`,
  `response {"format":1,"request_id":"r1","node":"A","result":"opened","life":"l1","session":null}`,
  `response {"format":1,"request_id":"r1","node":"A","result":"opened","life":"l1","session":[3,"0a1b"]}`,
  `response {"format":1,"request_id":"r1","node":"A","result":"updates","from":3,"next":5,"updates":[[3,"x"],[4,"y"]]}`,
  `response {"format":1,"request_id":"r1","node":"A","result":"refused","reason":"no"}`,
  `response {"format":1,"request_id":"r1","node":"A","result":"redirected","master_uid":"B"}`,
  `response {"format":1,"request_id":"r1","node":"A","result":"proposed","outcome":"chosen","instance_number":7,"reason":null}`,
  `response {"format":1,"request_id":"r1","node":"A","result":"proposed","outcome":"unknown","instance_number":null,"reason":"late"}`,
  `response {"format":1,"request_id":"r1","node":"A","result":"value","value":null,"value_instance":null,"instance_number":0,"read":"local"}`,
  `response {"format":1,"request_id":"r1","node":"A","result":"status","instance_number":1,"value":"x","promised_id":[2,"B"],"accepted_id":null,"master_uid":null,"lease_remaining_ms":null,"lease_wait_ms":0,"mode":"plain","pid":7,"uptime_ms":1.5,"peers":[{"uid":"B","heard_ms":1.5,"answers":true},{"uid":"C","heard_ms":null,"answers":null}],"troubles":[{"kind":"clock_jump","about":"A","text":"one"}]}`,
];

/** The samples that hold JSON, apart: type and object. */
export function split(sample: string): { type: string; json: Record<string, unknown> } {
  const space = sample.indexOf(" ");
  return { type: sample.slice(0, space), json: JSON.parse(sample.slice(space + 1)) };
}

/** The text as a datagram. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
