package org.synchub.admin.security;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.DispatcherType;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.synchub.admin.problem.Problems;
import org.synchub.ledger.ApiLogins;
import org.synchub.ledger.ApiTokens;
import org.synchub.ledger.ApiUsers;
import org.synchub.ledger.Audit;
import org.synchub.ledger.AuditKeys;
import org.synchub.ledger.Installation;
import org.synchub.ledger.WebhookLedger;

/** Nothing but the health of the hub and the login is open; everything else needs a token and a role, or a signature. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SecurityProperties.class)
class SecurityConfiguration {

    @Bean
    Tokens tokens(ApiTokens rows, Audit audit, AuditKeys keys) {
        return new Tokens(rows, audit, keys);
    }

    @Bean
    Users users(ApiUsers rows, Audit audit) {
        return new Users(rows, new Passwords(), audit);
    }

    @Bean
    LoginGuard loginGuard(Clock clock) {
        return new LoginGuard(clock);
    }

    @Bean
    Webhooks webhooks(LoginGuard guard, WebhookLedger taken, Clock clock, Environment environment) {
        return new Webhooks(target -> environment.getProperty("synchub.webhooks." + target), guard, taken, clock);
    }

    @Bean
    Refusals refusals(Audit audit, Clock clock) {
        return new Refusals(audit, clock);
    }

    @Bean
    TokenLogins tokenLogins(Tokens tokens, LoginGuard guard, Audit audit, Refusals refusals) {
        return new TokenLogins(tokens, guard, audit, refusals);
    }

    @Bean
    LocalLogins localLogins(
            ApiUsers users,
            ApiLogins logins,
            Installation installation,
            SecurityProperties properties,
            LoginGuard guard,
            Refusals refusals,
            AuditKeys keys) {
        SecurityProperties.Login login = properties.login();
        return new LocalLogins(
                users,
                logins,
                new Passwords(),
                new AccessTokens(installation, login.keyBytes()),
                new LocalLogins.Terms(
                        login.accessToken(),
                        new ApiLogins.Terms(login.refreshToken(), login.longest(), login.lostAnswer())),
                guard,
                refusals,
                keys);
    }

    /** What only a hub that serves HTTP needs; the commands do without. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    static class Served {

        @Bean
        FirstLogin firstLogin(Tokens tokens, Users users, ObjectProvider<JwtDecoder> jwts, Environment environment) {
            return new FirstLogin(
                    tokens, users, jwts.getIfAvailable() != null, environment.getProperty("server.address", "0.0.0.0"));
        }

        @Bean
        SecurityFilterChain doors(
                HttpSecurity http,
                Tokens tokens,
                LocalLogins local,
                Refusals refusals,
                AuditKeys keys,
                LoginGuard guard,
                ObjectMapper json,
                SecurityProperties properties,
                Clock clock,
                Environment environment,
                ObjectProvider<JwtDecoder> jwts,
                @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping endpoints)
                throws Exception {
            Logins logins = new Logins(
                    tokens, local, jwtManager(jwts.getIfAvailable(), properties.rolesClaim()), guard, refusals);
            AccessProblems problems = new AccessProblems(new Problems(json), refusals, keys);
            RequestRates rates = new RequestRates(
                    environment.getRequiredProperty("synchub.security.requests-per-minute", Integer.class),
                    clock,
                    new Problems(json));
            return http.sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    // A browser sends no token by itself, so there is nothing that another page could make it do.
                    .csrf(AbstractHttpConfigurer::disable)
                    .cors(cors -> cors.configurationSource(origins(properties.allowedOrigins())))
                    .requestCache(AbstractHttpConfigurer::disable)
                    .logout(AbstractHttpConfigurer::disable)
                    .anonymous(anonymous -> {})
                    .headers(headers -> headers.contentSecurityPolicy(
                                    policy -> policy.policyDirectives("default-src 'none'; frame-ancestors 'none'"))
                            .referrerPolicy(policy -> policy.policy(ReferrerPolicy.NO_REFERRER)))
                    .oauth2ResourceServer(server -> server.authenticationManagerResolver(logins)
                            .bearerTokenResolver(bearerTokens())
                            .authenticationEntryPoint(problems)
                            .accessDeniedHandler(problems))
                    .exceptionHandling(handling ->
                            handling.authenticationEntryPoint(problems).accessDeniedHandler(problems))
                    .addFilterBefore(rates, AuthorizationFilter.class)
                    // What goes on in another thread was let in when it came.
                    .authorizeHttpRequests(requests -> requests.dispatcherTypeMatchers(DispatcherType.ASYNC)
                            .permitAll()
                            .requestMatchers(HttpMethod.GET, "/actuator/health", "/actuator/health/**")
                            .permitAll()
                            .requestMatchers(HttpMethod.GET, "/actuator/**", "/api/openapi", "/api/openapi.yaml")
                            .hasAuthority(Role.VIEWER.authority())
                            // Signed, which is looked at where they are taken.
                            .requestMatchers(HttpMethod.POST, "/api/v1/webhooks/*")
                            .permitAll()
                            .requestMatchers("/api/**")
                            .access(new EndpointRule(endpoints)::decide)
                            .dispatcherTypeMatchers(DispatcherType.ERROR)
                            .permitAll()
                            .anyRequest()
                            .denyAll())
                    .build();
        }

        /** Who logs in or refreshes may send along what is not good any more. */
        private static BearerTokenResolver bearerTokens() {
            DefaultBearerTokenResolver header = new DefaultBearerTokenResolver();
            return request -> request.getRequestURI().startsWith("/api/v1/auth/") ? null : header.resolve(request);
        }

        private static @Nullable AuthenticationManager jwtManager(@Nullable JwtDecoder decoder, String rolesClaim) {
            if (decoder == null) {
                return null;
            }
            JwtAuthenticationProvider provider = new JwtAuthenticationProvider(decoder);
            provider.setJwtAuthenticationConverter(new JwtRoles(rolesClaim));
            return new ProviderManager(provider);
        }

        /** Without origins every cross-origin request is refused. */
        private static UrlBasedCorsConfigurationSource origins(List<String> allowed) {
            CorsConfiguration cors = new CorsConfiguration();
            cors.setAllowedOrigins(allowed);
            cors.setAllowedMethods(List.of("GET", "POST", "DELETE"));
            cors.setAllowedHeaders(List.of(
                    "Authorization", "Content-Type", "If-None-Match", "Last-Event-ID", "X-Client-ID", "X-Request-ID"));
            cors.setExposedHeaders(List.of("ETag", "Retry-After", "X-Request-ID"));
            UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
            source.registerCorsConfiguration("/api/**", cors);
            return source;
        }
    }
}
