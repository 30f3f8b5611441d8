package org.synchub.admin.api;

import io.swagger.v3.oas.annotations.Hidden;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.synchub.admin.security.Open;

/**
 * {@code /api/try}: a page on which the API can be tried in a browser. It is built there from {@code /api/openapi}, with the
 * token that is typed in; the page itself holds nothing of the hub's, so it needs none. It loads nothing from elsewhere.
 */
@Hidden
@RestController
@RequestMapping(path = "/api/try")
class TryPage {

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    @Open
    @GetMapping
    ResponseEntity<Resource> page() {
        return file("page.html", "text/html;charset=UTF-8");
    }

    @Open
    @GetMapping("/page.js")
    ResponseEntity<Resource> script() {
        return file("page.js", "text/javascript;charset=UTF-8");
    }

    @Open
    @GetMapping("/page.css")
    ResponseEntity<Resource> style() {
        return file("page.css", "text/css;charset=UTF-8");
    }

    private static ResponseEntity<Resource> file(String name, String type) {
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType(type))
                .header("Content-Security-Policy", POLICY)
                .body(new ClassPathResource(name, TryPage.class));
    }
}
