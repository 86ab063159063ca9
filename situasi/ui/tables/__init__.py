"""Tables that pages share: columns, popovers, downloads."""
