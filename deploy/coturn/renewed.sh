#!/bin/sh
# Hands a renewed certificate to coturn, which may not read where certbot keeps it, and has it read there again.
# certbot runs this as a deploy hook and says in RENEWED_LINEAGE where the certificate is.
set -eu
install -d -m 750 -o root -g turnserver /etc/coturn
install -m 600 -o turnserver -g turnserver "$RENEWED_LINEAGE/fullchain.pem" /etc/coturn/certificate.pem
install -m 600 -o turnserver -g turnserver "$RENEWED_LINEAGE/privkey.pem" /etc/coturn/key.pem
if systemctl is-active --quiet coturn; then systemctl kill --signal=USR2 coturn; fi
