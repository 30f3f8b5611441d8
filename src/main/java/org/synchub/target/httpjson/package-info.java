/**
 * Any system that speaks JSON over HTTP, declared wholly in its mapping file. What can be declared stands in
 * docs/targets/http-json.md; {@link org.synchub.target.httpjson.spec} is the checked model of it. Building requests,
 * reading answers and comparing records is pure; only {@code Client} and {@code Credentials} reach out.
 */
@NullMarked
package org.synchub.target.httpjson;

import org.jspecify.annotations.NullMarked;
