package org.synchub.admin.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.openqa.selenium.support.ui.ExpectedConditions.elementToBeClickable;
import static org.openqa.selenium.support.ui.ExpectedConditions.textToBePresentInElementLocated;
import static org.openqa.selenium.support.ui.ExpectedConditions.visibilityOfElementLocated;

import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.logging.Level;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.synchub.admin.security.Role;
import org.synchub.admin.security.Tokens;
import org.synchub.admin.security.Users;
import org.synchub.testing.ApiClient;
import org.synchub.testing.TestDatabase;
import org.synchub.testing.TestHub;

/** The page on which people try the API: what it is made of, and what it does in a real browser. */
class TryPageTest {

    private static final File CHROMIUM = new File("/usr/bin/chromium");
    private static final File DRIVER = new File("/usr/bin/chromedriver");
    private static final String PASSWORD = "correct horse battery";
    private static final By SHOWN = By.cssSelector("#api .swagger-ui .opblock");
    private static final By TROUBLE = By.id("trouble");

    private static TestHub hub;
    private static ApiClient stranger;
    private static String origin;
    private static @Nullable ChromeDriver opened;

    @BeforeAll
    static void start() throws Exception {
        hub = TestHub.on(TestDatabase.dataCollect())
                .memoryTarget("memory", "t")
                .set("server.port", 0)
                // It would like to know the browser more closely than it is used here.
                .set("logging.level.org.openqa.selenium", "ERROR")
                .start();
        stranger = new ApiClient(hub.port(), null);
        origin = "http://127.0.0.1:" + hub.port() + "/";
    }

    @AfterAll
    static void stop() {
        if (opened != null) {
            opened.quit();
        }
        hub.close();
    }

    @Test
    void the_page_needs_no_token_holds_nothing_and_loads_nothing_from_elsewhere() {
        ApiClient.Answer page = stranger.get("/api/try");

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
        assertThat(page.headers().allValues("Content-Security-Policy"))
                .singleElement()
                .asString()
                .contains("default-src 'none'", "script-src 'self';", "frame-ancestors 'none'")
                .doesNotContain("unsafe-eval", "http", "*");
        List<String> loads = Pattern.compile("(?:src|href)=\"([^\"]+)\"")
                .matcher(page.body())
                .results()
                .map((MatchResult match) -> match.group(1))
                .filter(file -> !"data:,".equals(file))
                .toList();
        assertThat(loads).hasSize(4).allSatisfy(file -> {
            assertThat(file).doesNotContain(":").doesNotStartWith("/");
            ApiClient.Answer part = stranger.get("/api/" + file);
            assertThat(part.status()).isEqualTo(200);
            assertThat(part.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith(file.endsWith(".js") ? "text/javascript" : "text/css");
            assertThat(part.body()).isNotBlank();
        });
        assertThat(stranger.get("/api/openapi").status()).isEqualTo(401);
        assertThat(hub.api(Role.VIEWER).get("/api/openapi").json().path("paths").has("/api/try"))
                .isFalse();
    }

    @Test
    void only_the_files_of_the_page_are_served() {
        assertThat(stranger.get("/api/try/swagger-initializer.js").status()).isEqualTo(401);
        assertThat(stranger.get("/webjars/swagger-ui/index.html").status()).isEqualTo(401);
    }

    @Test
    void what_a_browser_has_of_the_page_is_not_sent_again_and_the_rest_is_sent_compressed() {
        String library = "/api/try/swagger-ui-bundle.js";

        ApiClient.Answer first = stranger.send("GET", library, null, "Accept-Encoding", "gzip");

        assertThat(first.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(first.headers().firstValue("Cache-Control").orElseThrow()).doesNotContain("no-store");
        String tag = first.headers().firstValue("ETag").orElseThrow();
        ApiClient.Answer again = stranger.send("GET", library, null, "Accept-Encoding", "gzip", "If-None-Match", tag);
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @Test
    void without_a_good_token_the_page_shows_nothing_but_why() {
        ChromeDriver browser = browser();

        enter(browser, "token", "");
        enter(browser, "token", "synchub_wrong");
        waiting(browser).until(textToBePresentInElementLocated(TROUBLE, "401: "));

        assertThat(browser.findElement(TROUBLE).getText()).startsWith("401: A valid token is needed: ");
        assertThat(browser.findElement(By.id("api")).getText()).isEmpty();
        // An empty one was not even asked with.
        assertThat(complaints(browser)).singleElement().asString().contains("/api/openapi", "401");
        assertThatOnlyTheHubWasAsked(browser);
    }

    @Test
    void with_a_viewers_token_targets_are_shown_and_what_only_others_may_do_is_refused() {
        ChromeDriver browser = browser();
        String token = hub.bean(Tokens.class)
                .create("browser", Role.VIEWER, Duration.ofDays(1), "test")
                .text();

        enter(browser, "token", token);
        waiting(browser).until(visibilityOfElementLocated(SHOWN));
        assertThat(browser.findElement(By.name("token")).getDomProperty("value"))
                .isEmpty();
        WebElement listed = tried(browser, "GET", "/api/v1/targets");

        assertThat(status(listed)).isEqualTo("200");
        assertThat(answer(listed)).contains("\"memory\"");
        assertThat(complaints(browser)).isEmpty();

        WebElement refused = tried(browser, "POST", "/api/v1/targets/{target}/pause", "memory");

        assertThat(status(refused)).isEqualTo("403");
        assertThat(complaints(browser))
                .singleElement()
                .asString()
                .contains("/api/v1/targets/memory/pause")
                .contains("403");
        assertThat(browser.findElement(By.tagName("body")).getText()).doesNotContain(token);
        assertThatOnlyTheHubWasAsked(browser);

        browser.navigate().refresh();
        assertThat(browser.findElement(By.id("api")).getText()).isEmpty();
    }

    @Test
    void a_user_and_a_password_open_the_page_as_a_token_does() {
        hub.bean(Users.class).add("ann", Role.VIEWER, PASSWORD, "test");
        ChromeDriver browser = browser();

        browser.findElement(By.name("user")).sendKeys("ann");
        enter(browser, "password", "wrong");
        waiting(browser).until(textToBePresentInElementLocated(TROUBLE, "401: "));
        browser.findElement(By.name("password")).clear();
        enter(browser, "password", PASSWORD);
        waiting(browser).until(visibilityOfElementLocated(SHOWN));

        assertThat(browser.findElement(TROUBLE).getText()).isEmpty();
        assertThat(browser.findElement(By.name("password")).getDomProperty("value"))
                .isEmpty();
        assertThat(status(tried(browser, "GET", "/api/v1/targets"))).isEqualTo("200");
        assertThat(complaints(browser)).singleElement().asString().contains("/api/v1/auth/login");
    }

    /** The page, newly opened. On the build server a browser that lacks is a failure. */
    private static ChromeDriver browser() {
        if (opened == null) {
            boolean there = CHROMIUM.canExecute() && DRIVER.canExecute();
            assumeTrue(
                    there || "true".equals(System.getenv("CI")),
                    "Needs Debian's packages chromium and chromium-driver: " + CHROMIUM + ", " + DRIVER);
            LoggingPreferences logs = new LoggingPreferences();
            logs.enable(LogType.BROWSER, Level.WARNING);
            ChromeOptions options = new ChromeOptions()
                    .setBinary(CHROMIUM)
                    .addArguments(
                            "--headless=new",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--disable-dev-shm-usage",
                            "--window-size=1400,1600");
            options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
            // The driver makes an empty profile for each browser and takes it away with it.
            opened = new ChromeDriver(
                    new ChromeDriverService.Builder()
                            .usingDriverExecutable(DRIVER)
                            .build(),
                    options);
        }
        opened.get(origin + "api/try");
        assertThat(complaints(opened)).isEmpty();
        assertThat(opened.findElement(By.id("api")).getText()).isEmpty();
        return opened;
    }

    private static WebDriverWait waiting(ChromeDriver browser) {
        return new WebDriverWait(browser, Duration.ofSeconds(60));
    }

    private static void enter(ChromeDriver browser, String field, String text) {
        browser.findElement(By.name(field)).sendKeys(text);
        browser.findElement(By.name(field))
                .findElement(By.xpath("ancestor::form//button"))
                .click();
    }

    /** Opens an operation, fills its first fields in, sends it and waits for the answer. */
    private static WebElement tried(ChromeDriver browser, String method, String path, String... values) {
        WebElement operation = browser.findElement(By.xpath("//div[contains(@class, 'opblock-"
                + method.toLowerCase(Locale.ROOT) + "')][.//*[@data-path='" + path + "']]"));
        operation.findElement(By.className("opblock-summary-control")).click();
        press(browser, operation, "try-out__btn");
        for (int i = 0; i < values.length; i++) {
            operation.findElements(By.cssSelector(".parameters input")).get(i).sendKeys(values[i]);
        }
        press(browser, operation, "execute");
        waiting(browser).until(b -> operation.findElement(By.cssSelector(".live-responses-table .response")));
        return operation;
    }

    private static void press(ChromeDriver browser, WebElement operation, String button) {
        By found = By.className(button);
        waiting(browser).until(b -> !operation.findElements(found).isEmpty());
        waiting(browser)
                .until(elementToBeClickable(operation.findElement(found)))
                .click();
    }

    private static String status(WebElement operation) {
        return operation
                .findElement(By.cssSelector(".live-responses-table .response .response-col_status"))
                .getText()
                .strip();
    }

    private static String answer(WebElement operation) {
        return operation
                .findElement(By.cssSelector(".live-responses-table .response .response-col_description"))
                .getText();
    }

    /** What the browser did not like since it was asked last: refusals, failed loads, breaches of the page's policy. */
    private static List<String> complaints(ChromeDriver browser) {
        return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .toList();
    }

    private static void assertThatOnlyTheHubWasAsked(ChromeDriver browser) {
        Object asked = browser.executeScript(
                "return performance.getEntries().filter(e => ['navigation', 'resource'].includes(e.entryType)).map(e => e.name)");
        assertThat(asked)
                .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                .hasSizeGreaterThan(5)
                .allMatch(address -> address.startsWith(origin));
    }
}
