package org.synchub;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The hub's entry point. */
@SpringBootApplication
public class SyncHub {

    public static void main(String[] args) {
        SpringApplication.run(SyncHub.class, args);
    }
}
