"""Tables that pages share: columns, popovers and downloads."""
