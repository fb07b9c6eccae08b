listen vigil_notification;
