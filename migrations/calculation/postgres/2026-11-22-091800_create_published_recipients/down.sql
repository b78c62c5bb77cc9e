DROP TABLE published_recipients;
