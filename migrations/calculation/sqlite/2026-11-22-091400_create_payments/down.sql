DROP TABLE payment_applications;
DROP TABLE payments;
