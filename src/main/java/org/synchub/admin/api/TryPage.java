package org.synchub.admin.api;

import io.swagger.v3.oas.annotations.Hidden;
import java.io.IOException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourcePatternResolver;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.synchub.admin.security.Open;

/**
 * {@code /api/try}: Swagger UI, to try the API in a browser. It is given {@code /api/openapi} by a page of ours that asks for a
 * token first; what is served here holds nothing of the hub's, so it needs none. It loads nothing from elsewhere.
 */
@Hidden
@RestController
@RequestMapping(path = "/api/try")
class TryPage {

    /** Swagger UI styles elements in place and has its icons in its style sheet. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
            + " img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    private final ResourcePatternResolver classPath;

    TryPage(ResourcePatternResolver classPath) {
        this.classPath = classPath;
    }

    @Open
    @Polled
    @GetMapping
    ResponseEntity<Resource> page() {
        return answer(new ClassPathResource("page.html", TryPage.class));
    }

    @Open
    @Polled
    @GetMapping("/{name:page\\.js|page\\.css}")
    ResponseEntity<Resource> ours(@PathVariable String name) {
        return answer(new ClassPathResource(name, TryPage.class));
    }

    /** From the library's jar, whichever version of it is there. */
    @Open
    @Polled
    @GetMapping("/{name:swagger-ui-bundle\\.js|swagger-ui\\.css}")
    ResponseEntity<Resource> library(@PathVariable String name) throws IOException {
        return answer(classPath.getResources("classpath*:META-INF/resources/webjars/swagger-ui/*/" + name)[0]);
    }

    private static ResponseEntity<Resource> answer(Resource file) {
        return ResponseEntity.ok()
                .contentType(MediaTypeFactory.getMediaType(file).orElse(MediaType.APPLICATION_OCTET_STREAM))
                .header("Content-Security-Policy", POLICY)
                .body(file);
    }
}
