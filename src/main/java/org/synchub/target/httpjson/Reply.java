package org.synchub.target.httpjson;

import com.fasterxml.jackson.databind.JsonNode;
import org.synchub.target.TargetHttp;

/**
 * An answer with its body read.
 *
 * @param body a missing node where there is no body, or none that is JSON
 * @param readable false if there is a body that is no JSON
 * @param label what was asked, in words fit for logs
 */
record Reply(TargetHttp.Answer answer, JsonNode body, boolean readable, String label) {

    int status() {
        return answer.status();
    }
}
