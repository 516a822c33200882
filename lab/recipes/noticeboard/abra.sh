#!/bin/bash
export SERVER_CONF_VERSION=v1
export MEMBERS_CONF_VERSION=v1
export PRESS_CONF_VERSION=v1

# Writes down that this board was deployed; the page links to it.
announce() {
  printf '%s\n' "${1:?say what was deployed}" >/usr/share/nginx/html/deployed.txt
}
