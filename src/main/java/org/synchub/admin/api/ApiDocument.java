package org.synchub.admin.api;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.HeaderParameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.synchub.admin.problem.ProblemType;
import org.synchub.admin.security.Allowed;
import org.synchub.admin.security.Open;

/** The description of the API, served at {@code /api/openapi}: what is true of every endpoint is said here once. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class ApiDocument {

    private static final String SCHEME = "token";
    private static final String PROBLEM = "Problem";

    /** What any endpoint may answer instead of what it is for. */
    private static final List<ProblemType> ANYWHERE = List.of(
            ProblemType.MALFORMED,
            ProblemType.LOGIN_NEEDED,
            ProblemType.FORBIDDEN,
            ProblemType.NOT_FOUND,
            ProblemType.NOT_ACCEPTABLE,
            ProblemType.CONFLICT,
            ProblemType.INVALID,
            ProblemType.TOO_MANY_REQUESTS,
            ProblemType.INTERNAL,
            ProblemType.TARGET_TROUBLE,
            ProblemType.UNAVAILABLE);

    /** What an endpoint that reads a body may answer as well. */
    private static final List<ProblemType> OF_BODIES = List.of(ProblemType.TOO_LARGE, ProblemType.UNSUPPORTED);

    @Bean
    OpenAPI description() {
        return new OpenAPI()
                .info(new Info()
                        .title("Sync Hub")
                        .version("1")
                        .description(
                                "Keeps external systems in agreement with an ID PASS DataCollect server, both ways.")
                        .license(new License().name("Apache-2.0").identifier("Apache-2.0")))
                .components(new Components()
                        .addSchemas(PROBLEM, problem())
                        .addSecuritySchemes(
                                SCHEME,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("bearer")
                                        .description(
                                                "A token of the hub's, the access token of a login, or a JWT of the configured"
                                                        + " issuer")))
                .addSecurityItem(new SecurityRequirement().addList(SCHEME));
    }

    /** Says the least role of each endpoint, and the problems that all share. */
    @Bean
    GlobalOperationCustomizer whatAllEndpointsShare() {
        return (operation, method) -> {
            Allowed allowed = method.getMethodAnnotation(Allowed.class);
            if (allowed != null) {
                operation.addExtension("x-role", allowed.value().word());
            }
            if (method.hasMethodAnnotation(Open.class)) {
                operation.addExtension("x-role", "open");
                operation.setSecurity(List.of());
            }
            if (method.hasMethodAnnotation(Polled.class)) {
                sayThatItIsConditional(operation);
            }
            ANYWHERE.forEach(type -> answers(operation, type));
            if (operation.getRequestBody() != null) {
                OF_BODIES.forEach(type -> answers(operation, type));
            }
            return operation;
        };
    }

    private static void answers(Operation operation, ProblemType type) {
        operation
                .getResponses()
                .addApiResponse(
                        String.valueOf(type.status().value()),
                        new ApiResponse()
                                .description(String.valueOf(type.uri()))
                                .content(new Content()
                                        .addMediaType(
                                                "application/problem+json",
                                                new MediaType()
                                                        .schema(new Schema<>()
                                                                .$ref("#/components/schemas/" + PROBLEM)))));
    }

    private static void sayThatItIsConditional(Operation operation) {
        operation.addParametersItem(new HeaderParameter()
                .name(HttpHeaders.IF_NONE_MATCH)
                .description("The ETag of an answer that the client has already")
                .schema(new StringSchema()));
        operation
                .getResponses()
                .addApiResponse("304", new ApiResponse().description("What the client has still holds"));
        ApiResponse ok = operation.getResponses().get("200");
        if (ok != null) {
            ok.addHeaderObject(
                    HttpHeaders.ETAG,
                    new Header().description("Changes whenever the answer does").schema(new StringSchema()));
        }
    }

    private static Schema<?> problem() {
        return new ObjectSchema()
                .description("RFC 9457; type stays the same from version to version")
                .addProperty("type", new StringSchema().format("uri"))
                .addProperty("title", new StringSchema())
                .addProperty("status", new IntegerSchema())
                .addProperty("detail", new StringSchema())
                .addProperty("instance", new StringSchema().format("uri"));
    }
}
