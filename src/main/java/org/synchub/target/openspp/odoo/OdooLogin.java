package org.synchub.target.openspp.odoo;

import org.synchub.mapping.Secret;

/**
 * Who the hub is at an Odoo server.
 *
 * @param password a password or an API key: Odoo takes either in the same place
 * @param where the place of the settings, for messages
 */
public record OdooLogin(String database, String username, Secret password, String where) {}
