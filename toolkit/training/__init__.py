"""Scripts that make the network's weights from coded data (extra ``train``). Nothing else imports them."""
